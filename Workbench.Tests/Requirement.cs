using System.Diagnostics.CodeAnalysis;

namespace Workbench.Tests;

/// <summary>What a test needs and a developer's machine may lack. Such a test is a <c>SkippableFact</c>: it is skipped, visibly. In CI,
/// where <c>.ci/run</c> installs everything, the same lack is a failure.</summary>
static class Requirement
{
    /// <param name="what">As in "an S3 server".</param>
    /// <param name="isThere">Whether this machine has it.</param>
    /// <param name="remedy">How to get it.</param>
    public static void Need(string what, [DoesNotReturnIf(false)] bool isThere, string remedy)
    {
        if (isThere)
            return;
        var message = $"Needs {what}. {remedy}";
        Assert.False(Environment.GetEnvironmentVariable("CI") == "true", message);
        throw new SkipException(message);
    }

    /// <summary>The full path of the first of these programs found on PATH, or where it leads for root alone; null if there is none.</summary>
    public static string? FindProgram(params string[] names) => (
        from name in names
        from folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Append("/usr/sbin").Append("/sbin")
        let path = Path.Combine(folder, name)
        where File.Exists(path)
        select path).FirstOrDefault();
}
