using System.Globalization;
using Workbench.Core.Tracking;

namespace Workbench.Core.Studies;

/// <summary>What a client shows of its trial: which one it is, and which time that it was given out. It is no secret.</summary>
internal static class TrialToken
{
    public static string Write(ClaimedTrial trial) =>
        FormattableString.Invariant($"{trial.Lease.StudyId}.{trial.Lease.RunId}.{trial.Number}.{trial.Lease.Attempt}");

    /// <exception cref="FieldException">It is missing, or another trial's.</exception>
    public static Lease Read(AskedStudy study, int number, string? token)
    {
        FieldException.Require("token", token is null ? "token is missing; it is given with the trial." : null);
        var parts = token!.Split('.');
        return parts is [var of, var run, var trial, var attempt] && Long(of) == study.Id && Long(trial) == number
            && Long(run) is { } runId && Long(attempt) is { } attempts and <= int.MaxValue
            ? new Lease(runId, study.Id, (int)attempts)
            : throw new FieldException("token", $"The token was not given for trial {number} of '{study.Name}'.");

        static long? Long(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;
    }
}
