using Workbench.Core.Studies;
using Workbench.Core.Tracking;

namespace Workbench.Commands;

/// <summary>Follows one study through the change feed.</summary>
internal sealed class StudyWatch(IServiceProvider services, string name)
{
    private readonly ChangeFeed _feed = services.GetRequiredService<ChangeFeed>();
    private readonly StudyQueries _queries = services.GetRequiredService<StudyQueries>();
    private readonly StudyService _studies = services.GetRequiredService<StudyService>();

    public Task<StudySummary> ReadAsync() => _queries.GetAsync(name);

    /// <summary>Tells how the study stands now and at every change, until it has completed or a person stopped it.</summary>
    /// <returns>False when cancelled before.</returns>
    public async Task<bool> UntilEndedAsync(Action<StudySummary> show, CancellationToken cancellationToken) =>
        await UntilAsync(
            summary =>
            {
                show(summary);
                return summary.Study.State != StudyState.Running && summary.Counts.Running == 0;
            },
            cancellationToken);

    /// <summary>Stops the study and waits until its trials have ended.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _studies.StopAsync(name, CancellationToken.None);
        }
        catch (ConflictException)
        {
            // It ended by itself just now.
        }
        await UntilAsync(summary => summary.Counts.Running == 0, cancellationToken);
    }

    private async Task<bool> UntilAsync(Func<StudySummary, bool> reached, CancellationToken cancellationToken)
    {
        var id = (await ReadAsync()).Study.Id;
        try
        {
            await _feed.UntilAsync(change => change.StudyId == id, ReadAsync, reached, cancellationToken: cancellationToken);
            return true;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
