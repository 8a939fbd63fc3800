using TorchSharp;
using Workbench.Core.Platform;

namespace Workbench.Tests.Platform;

public sealed class LibTorchTests
{
    [Fact]
    public void Torch_computes_once_the_library_is_loaded_by_any_number_of_threads()
    {
        Parallel.For(0, 8, _ => LibTorch.EnsureLoaded());

        using var ones = torch.ones(2);
        using var sum = ones.sum();

        Assert.Equal(2f, sum.item<float>());
    }
}
