using System.Runtime.InteropServices;

namespace Workbench.Core.Serving;

/// <summary>The memory that libraries in C have asked for and freed.</summary>
internal static class NativeHeap
{
    private static readonly bool IsGlibc = OperatingSystem.IsLinux() && NativeLibrary.TryLoad("libc.so.6", out _);

    /// <summary>Returns it to the system, where the C library keeps it for later: glibc keeps as much as 64 MB for each of its arenas.</summary>
    public static void GiveBack()
    {
        if (IsGlibc)
        {
            _ = Trim(0);
        }
    }

    [DllImport("libc.so.6", EntryPoint = "malloc_trim")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int Trim(nuint keep);
}
