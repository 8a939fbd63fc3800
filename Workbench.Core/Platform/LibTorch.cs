using System.Runtime.InteropServices;
using TorchSharp;

namespace Workbench.Core.Platform;

/// <summary>Makes TorchSharp's native libraries usable, also where the system's C++ library is older than theirs.</summary>
public static class LibTorch
{
    private const string Binding = "libLibTorchSharp.so";

    private static readonly Lazy<bool> Loaded = new(Load, LazyThreadSafetyMode.ExecutionAndPublication);

    /// <summary>
    /// Loads libtorch once for the process; every later call returns at once. To be called before the first touch of TorchSharp.
    /// On a Linux with a libstdc++ older than GCC 13's (Debian 12, Ubuntu 22.04) it loads a corrected copy of TorchSharp's binding.
    /// </summary>
    /// <exception cref="PlatformNotSupportedException">Neither the binding nor its corrected copy could be loaded.</exception>
    public static void EnsureLoaded() => _ = Loaded.Value;

    private static bool Load()
    {
        if (OperatingSystem.IsLinux())
        {
            // OpenMP's threads spin while they wait for each other. Beside other work on the same cores, which a trial always has,
            // that made a step with two threads ten times slower. It is read once, when the library is loaded, and from the
            // environment of C: the one of .NET is a copy. What the user has set stays.
            _ = SetVariable("OMP_WAIT_POLICY\0"u8.ToArray(), "PASSIVE\0"u8.ToArray(), overwrite: 0);
            // oneDNN 3.7.1, for processors with AVX-512: the gradient of a convolution from one channel to 8 takes in memory that nothing was written to,
            // and is not a number now and then. Its code for AVX2 does not.
            _ = SetVariable("ONEDNN_MAX_CPU_ISA\0"u8.ToArray(), "AVX2\0"u8.ToArray(), overwrite: 0);
        }
        var binding = OperatingSystem.IsLinux() ? Locate(Binding) : null;
        // Elsewhere, or in a layout we do not know, TorchSharp finds its libraries by itself.
        if (binding is not null && !NativeLibrary.TryLoad(binding, out _))
        {
            LoadCorrected(binding);
        }
        try
        {
            torch.InitializeDeviceType(DeviceType.CPU);
            DisableNnpack();
            return true;
        }
        catch (Exception failure) when (failure is DllNotFoundException or NotSupportedException or TypeInitializationException)
        {
            throw Unusable(failure);
        }
    }

    /// <summary>
    /// Keeps libtorch from asking at every convolution of a single image whether NNPACK can be used. On processors whose caches NNPACK cannot
    /// measure, it tries anew each time and says on stderr that it failed; where it could be used, oneDNN comes before it for every batch.
    /// </summary>
    private static void DisableNnpack()
    {
        // libtorch for Windows has no NNPACK. What torch.backends.nnpack does in Python, TorchSharp does not offer.
        if (!OperatingSystem.IsWindows())
        {
            SetUserEnabledNnpack(GlobalContext(), enabled: 0);
        }
    }

    private static void LoadCorrected(string binding)
    {
        try
        {
            // The copy lies elsewhere, so its run path no longer leads to the libraries it needs: they have to be there before it.
            foreach (var dependency in (string[])["libgomp-*.so.1", "libc10.so", "libtorch_cpu.so", "libtorch.so"])
            {
                NativeLibrary.Load(Locate(dependency) ?? throw new DllNotFoundException($"{dependency} is not in the program's folder."));
            }
            var library = File.ReadAllBytes(binding);
            // Its only symbol of this version, std::ios_base_library_init(), is an anchor that is never called.
            ElfVersions.MakeWeak(library, "GLIBCXX_3.4.32");
            // A new folder only we can enter: no other user can slip us a library. Once loaded, the file itself is no longer needed.
            var folder = Directory.CreateTempSubdirectory("workbench-libtorch-");
            try
            {
                var copy = Path.Combine(folder.FullName, Binding);
                File.WriteAllBytes(copy, library);
                // TorchSharp's own look-up now ends at this one, by its SONAME.
                NativeLibrary.Load(copy);
            }
            finally
            {
                folder.Delete(recursive: true);
            }
        }
        catch (Exception failure)
            when (failure is DllNotFoundException or BadImageFormatException or IOException or UnauthorizedAccessException)
        {
            throw Unusable(failure);
        }
    }

    [DllImport("libc", EntryPoint = "setenv"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetVariable(byte[] name, byte[] value, int overwrite);

    [DllImport("torch_cpu", EntryPoint = "_ZN2at13globalContextEv"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint GlobalContext();

    [DllImport("torch_cpu", EntryPoint = "_ZN2at7Context20setUserEnabledNNPACKEb")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern void SetUserEnabledNnpack(nint context, byte enabled);

    private static string? Locate(string pattern)
    {
        var folders = AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? "";
        return folders.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Prepend(AppContext.BaseDirectory)
            .Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, pattern))
            .FirstOrDefault();
    }

    private static PlatformNotSupportedException Unusable(Exception failure) => new(
        $"libtorch cannot be loaded on this machine ({RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}): " +
        $"{failure.Message} It needs a 64-bit system with glibc 2.34 and libstdc++ of GCC 12 or newer, and a temporary folder " +
        "(TMPDIR) from which libraries may be loaded.", failure);
}
