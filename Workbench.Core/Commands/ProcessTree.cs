using System.Globalization;
using System.Runtime.InteropServices;

namespace Workbench.Core.Commands;

/// <summary>This process and all that descend from it, and signals to them.</summary>
internal static class ProcessTree
{
    private const int Terminate = 15;
    private const int Kill = 9;
    private const int SetChildSubreaper = 36;

    /// <summary>Makes this process the first of a session, which no terminal sends signals to, and on Linux the parent of every descendant
    /// whose own parent ends.</summary>
    public static void Found()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }
        _ = NewSession();
        if (OperatingSystem.IsLinux())
        {
            _ = Control(SetChildSubreaper, 1, 0, 0, 0);
        }
    }

    /// <summary>The descendants that have not ended. Only Linux tells them.</summary>
    public static List<int> Descendants()
    {
        var children = All().ToLookup(process => process.Parent);
        var found = new List<int>();
        var open = new Queue<int>([Environment.ProcessId]);
        while (open.TryDequeue(out var parent))
        {
            foreach (var (id, _, hasEnded) in children[parent])
            {
                open.Enqueue(id);
                if (!hasEnded)
                {
                    found.Add(id);
                }
            }
        }
        return found;
    }

    /// <summary>Lets go of descendants that have ended, in the place of their parents that ended before them: not every container has an init that does.</summary>
    /// <param name="except">A child that someone else waits for.</param>
    public static void Reap(int except)
    {
        const int AtOnce = 1;
        foreach (var (id, parent, hasEnded) in All())
        {
            if (hasEnded && parent == Environment.ProcessId && id != except)
            {
                _ = Wait(id, out _, AtOnce);
            }
        }
    }

    /// <summary>Asks processes to end.</summary>
    public static void Ask(IEnumerable<int> processes) => Send(processes, Terminate);

    /// <summary>Ends processes.</summary>
    public static void End(IEnumerable<int> processes) => Send(processes, Kill);

    /// <summary>Asks all processes of the group that one leads, but not on Windows.</summary>
    public static void AskGroup(int leader) => Send([-leader], Terminate);

    /// <summary>Ends all processes of the group that one leads, itself included, but not on Windows.</summary>
    public static void EndGroup(int leader) => Send([-leader], Kill);

    private static void Send(IEnumerable<int> processes, int signal)
    {
        if (!OperatingSystem.IsWindows())
        {
            foreach (var process in processes)
            {
                _ = Signal(process, signal);
            }
        }
    }

    private static IEnumerable<(int Id, int Parent, bool HasEnded)> All() =>
        Directory.EnumerateDirectories("/proc").Select(Read).OfType<(int Id, int Parent, bool HasEnded)>();

    private static (int Id, int Parent, bool HasEnded)? Read(string folder)
    {
        if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id))
        {
            return null;
        }
        try
        {
            // 7 (any name) S 1 …
            var stat = File.ReadAllText($"{folder}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ', 3);
            return (id, int.Parse(fields[1], CultureInfo.InvariantCulture), fields[0] is "Z" or "X");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It has ended meanwhile.
            return null;
        }
    }

    [DllImport("libc", EntryPoint = "setsid"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int NewSession();

    [DllImport("libc", EntryPoint = "prctl"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Control(int option, nuint argument, nuint third, nuint fourth, nuint fifth);

    [DllImport("libc", EntryPoint = "waitpid"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Wait(int process, out int status, int options);

    [DllImport("libc", EntryPoint = "kill"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Signal(int process, int signal);
}
