using System.ComponentModel.DataAnnotations;
using Workbench.Core.Configuration;

namespace Workbench.Core.Tracking;

/// <summary>How long what was removed is kept.</summary>
public sealed class RetentionOptions
{
    /// <summary>How long deleted studies, experiments, runs and models can be restored. All processes on a database should agree.</summary>
    [Setting("Workbench:RestoreFor", "Workbench:Studies:RestoreFor"), Range(typeof(TimeSpan), "00:01:00", "365.00:00:00")]
    public TimeSpan RestoreFor { get; set; } = TimeSpan.FromDays(30);

    /// <summary>The same in words: <c>30 days</c>.</summary>
    internal string Words => RestoreFor switch
    {
        { TotalDays: >= 2 } => FormattableString.Invariant($"{RestoreFor.TotalDays:0.#} days"),
        { TotalHours: >= 2 } => FormattableString.Invariant($"{RestoreFor.TotalHours:0.#} hours"),
        _ => FormattableString.Invariant($"{RestoreFor.TotalMinutes:0.#} minutes"),
    };
}
