using Workbench.Benchmarks;
using Workbench.Benchmarks.Chaos;
using Workbench.Benchmarks.Fuzz;

// One file a verb: write it, then name it here.
var verbs = new Dictionary<string, Action<string[]>>
{
    ["fuzz"] = Fuzzing.Run,
    ["search"] = SearchQuality.Run,
    ["suggest"] = SuggestionTimes.Run,
    ["importance"] = ImportanceTimes.Run,
    ["overhead"] = TrialOverhead.Run,
    ["study"] = StudyTimes.Run,
    ["features"] = FeatureTimes.Run,
    ["predict"] = PredictionParts.Run,
    ["server"] = ServerTimes.Run,
    ["mlflow"] = MlflowTimes.Run,
    ["ask"] = AskTimes.Run,
    ["desktop"] = DesktopTimes.Run,
    ["collections"] = Collections.Run,
    ["chaos"] = ChaosRun.Run,
};

if (args.Length == 0 || !verbs.TryGetValue(args[0], out var run))
{
    Console.Error.WriteLine($"Say what to run: {string.Join(", ", verbs.Keys)}.");
    return 1;
}
run(args[1..]);
return Environment.ExitCode;
