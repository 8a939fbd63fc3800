using System.Runtime.InteropServices;
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

    [SkippableFact]
    public void Convolutions_do_not_ask_for_NNPACK_which_complains_on_stderr_where_it_cannot_run()
    {
        Skip.If(OperatingSystem.IsWindows(), "libtorch has no NNPACK on Windows.");
        LibTorch.EnsureLoaded();

        Assert.Equal(0, UserEnabledNnpack(GlobalContext()));
    }

    [DllImport("torch_cpu", EntryPoint = "_ZN2at13globalContextEv"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint GlobalContext();

    [DllImport("torch_cpu", EntryPoint = "_ZNK2at7Context17userEnabledNNPACKEv")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern byte UserEnabledNnpack(nint context);
}
