using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Workbench.Core.Tracking;
using Workbench.Tests.Mlflow;

namespace Workbench.Tests.Mirroring;

/// <summary>Compares a study with what a server has of it.</summary>
internal static class SameStudy
{
    /// <summary>Asserts that there are exactly its runs, each with its parameters and exactly its values.</summary>
    public static async Task AssertAsync(MirroredWorkbench workbench, RemoteServer remote, Study study)
    {
        await using var db = workbench.Db();
        var runs = await db.Runs.Where(run => run.StudyId == study.Id).ToListAsync();
        var there = await remote.RunsAsync(study.Name);
        Assert.Equal(runs.Select(run => $"{run.Uuid:N}").Order(), there.Select(run => run.Origin).Order());
        foreach (var run in runs)
        {
            var copy = there.Single(found => found.Origin == $"{run.Uuid:N}").Run;
            Assert.Equal(
                run.Params!.ToDictionary(p => p.Key, p => p.Value.ToString()), MlflowClient.Pairs(copy["data"]!["params"]).ToDictionary(p => p.Key, p => Written(p.Value)));
            var values = await db.Metrics.Where(metric => metric.RunId == run.Id).ToListAsync();
            var reported = values.Select(metric => metric.Key).ToHashSet();
            Assert.Equal(
                values.Select(metric => (metric.Key, metric.Step, metric.Timestamp, metric.Value.ToString("R", CultureInfo.InvariantCulture))).Order(),
                (await remote.HistoryAsync(copy)).Where(value => reported.Contains(value.Key)).Select(value => value with { Value = Written(value.Value) }));
        }
    }

    // 1e-05 and 0.00001 are the same.
    private static string Written(string value) =>
        double.TryParse(value, CultureInfo.InvariantCulture, out var number) ? number.ToString("R", CultureInfo.InvariantCulture) : value;
}
