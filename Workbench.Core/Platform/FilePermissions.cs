using System.Runtime.InteropServices;

namespace Workbench.Core.Platform;

/// <summary>Who may read what this process writes.</summary>
public static class FilePermissions
{
    /// <summary>Its user's alone: models, keys and tokens lie in the data folder.</summary>
    internal const UnixFileMode PrivateFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>From now on, whatever this process and its children make on disk is closed to other accounts, unless they say otherwise
    /// (0700 and 0600). On Windows the user's profile is closed already.</summary>
    public static void KeepPrivate()
    {
        if (!OperatingSystem.IsWindows())
        {
            const uint GroupAndOthers = 0b111_111;
            _ = SetMask(GroupAndOthers);
        }
    }

    /// <summary>Closes a folder that an earlier release left open; what lies in it is then out of reach, too.</summary>
    internal static void Close(DirectoryInfo folder)
    {
        if (!OperatingSystem.IsWindows() && folder.Exists && folder.UnixFileMode != PrivateFolder)
        {
            File.SetUnixFileMode(folder.FullName, PrivateFolder);
        }
    }

    /// <summary>Closes a data folder that an earlier release, or another program, left open. Where the database in it runs as another user,
    /// who has to pass through, others may still do that, to what lies in it closed.</summary>
    internal static void CloseData(DirectoryInfo folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }
        var passing = Environment.IsPrivilegedProcess ? UnixFileMode.GroupExecute | UnixFileMode.OtherExecute : UnixFileMode.None;
        var closed = folder.UnixFileMode & (PrivateFolder | passing);
        if (closed != folder.UnixFileMode)
        {
            try
            {
                File.SetUnixFileMode(folder.FullName, closed);
            }
            catch (UnauthorizedAccessException)
            {
                // It is another account's, which lets us write in it.
            }
        }
    }

    [DllImport("libc", EntryPoint = "umask"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern uint SetMask(uint mask);
}
