using Workbench.Core.Tracking;

namespace Workbench.Core.Studies;

/// <summary>
/// The studies whose clients train by themselves, by name. What never changes of one is remembered until the change feed tells of any study: each ask,
/// report and tell needs it.
/// </summary>
public sealed class AskedStudies : IDisposable
{
    private readonly StudyStore _studies;
    private readonly ChangeFeed _feed;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, AskedStudy> _known = [];
    private readonly IDisposable _changes;
    private int _told;

    /// <summary>Begins to follow the change feed.</summary>
    public AskedStudies(StudyStore studies, ChangeFeed feed)
    {
        (_studies, _feed) = (studies, feed);
        _changes = feed.Subscribe(
            change => change.Kind == ChangeKind.Study,
            _ => ForgetAsync(),
            TimeSpan.Zero);
    }

    /// <summary>What an ask, a report or a tell needs to know of a study. Whether it still runs is asked with each statement.</summary>
    /// <exception cref="NotFoundException">There is no such study.</exception>
    /// <exception cref="ConflictException">Its trials are run by workers.</exception>
    internal async ValueTask<AskedStudy> FindAsync(string name, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            if (_known.TryGetValue(name, out var known))
            {
                return known;
            }
        }
        return await FindNowAsync(name, cancellationToken);
    }

    /// <summary>As <see cref="FindAsync"/>, but read now, with what the study is doing.</summary>
    internal async Task<AskedStudy> FindNowAsync(string name, CancellationToken cancellationToken = default)
    {
        int told;
        lock (_gate)
        {
            _known.Remove(name);
            told = _told;
        }
        var study = await _studies.FindAskedAsync(name, cancellationToken) ?? throw NotFound(name);
        if (!study.IsExternal)
        {
            throw new ConflictException($"The trials of '{name}' are run by workers. Only those of a study with the pipeline {Study.External} can be asked for.");
        }
        lock (_gate)
        {
            // Unless a change was told since the read, which may not have seen it.
            if (study.State == StudyState.Running && told == _told && _feed.Listening.IsCompletedSuccessfully)
            {
                _known[name] = study;
            }
        }
        return study;
    }

    /// <summary>What to say of a trial that a client has lost.</summary>
    /// <exception cref="NotFoundException">It went with its study.</exception>
    internal async Task<ConflictException> LostAsync(string name, int number)
    {
        await FindNowAsync(name);
        return new($"Trial {number} of '{name}' is no longer this client's: it has ended, or was given to another after a silence that was too long.");
    }

    private Task ForgetAsync()
    {
        lock (_gate)
        {
            _known.Clear();
            _told++;
        }
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public void Dispose() => _changes.Dispose();

    internal static NotFoundException NotFound(string name) => new($"There is no study named '{name}'.");
}
