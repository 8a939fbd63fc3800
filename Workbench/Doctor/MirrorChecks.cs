using Workbench.Core.Mirroring;
using Workbench.Core.Tracking;
using Workbench.Core.Tracking.Mirrors;

namespace Workbench.Doctor;

/// <summary>The tracking server that studies are mirrored to: whether it answers, and what it does not have.</summary>
internal static class MirrorChecks
{
    private const string What = "mirror";

    /// <summary>Looks at it.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="database">A migrated database; null when it does not run.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<IReadOnlyList<Finding>> JudgeAsync(MirrorOptions options, Database? database, CancellationToken cancellationToken)
    {
        if (options.Server is not { } server)
        {
            return options.Unusable is { } unusable ? [Finding.Warn(What, $"MLFLOW_TRACKING_URI is '{unusable}'; studies are mirrored only to http:// and https://")] : [];
        }
        var store = database is null ? null : new MirrorStore(database);
        var trouble = await MirrorProbe.AskAsync(options, store is null ? null : await store.OwnAsync(cancellationToken), cancellationToken);
        var status = store is null ? null : await store.StatusAsync(server.AbsoluteUri, cancellationToken);
        return
        [
            trouble is not null ? Finding.Warn(What, $"{server}: {trouble}")
                : status is { Waiting: > 0 } ? Finding.Ok(What, $"{server} answers; {status.Waiting} studies, runs or versions are still to be sent")
                : Finding.Ok(What, status is null ? $"{server} answers" : $"{server} answers, and has everything"),
            .. (status?.Refused ?? []).Select(refusal => Finding.Warn(What, $"{server} refuses {refusal.What}: {refusal.Why}")),
        ];
    }
}
