using Workbench.Components.Launch;

namespace Workbench.Tests.Components.Launch;

public sealed class LaunchDialogTests
{
    [Fact]
    public void Proposes_the_first_free_name()
    {
        Assert.Equal("mnist-transfer-1", LaunchForm.FreeName("mnist-transfer", []));
        Assert.Equal("mnist-transfer-2", LaunchForm.FreeName("mnist-transfer", ["mnist-transfer-1", "mnist-transfer-3"]));
        Assert.Equal("mnist-cnn-1", LaunchForm.FreeName("mnist-cnn", ["mnist-transfer-1", "other"]));
    }
}
