namespace Workbench.Benchmarks;

internal static class SuggestionTimes
{
    public static void Run(string[] args) { }
}
