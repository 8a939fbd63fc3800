using Microsoft.EntityFrameworkCore;
using Npgsql;
using Workbench.Core.Audit;
using Workbench.Core.Text;

namespace Workbench.Core.Tracking;

/// <summary>The name is another's already.</summary>
public sealed class NameTakenException(string message) : Exception(message);

/// <summary>What clients do to experiments. A study is one, too: it is renamed, deleted and restored here as well.</summary>
public sealed class ExperimentStore(IDbContextFactory<WorkbenchDb> databases, NoteStore notes, TimeProvider clock)
{
    // Programs have more to file than people.
    private const int MostTags = 10_000;

    /// <summary>Writes down a new experiment.</summary>
    /// <param name="name">Free text of one line.</param>
    /// <param name="artifactLocation">Where the artifacts of its runs are to go, as a URI; null for where they go otherwise.</param>
    /// <param name="tags">Values by key.</param>
    /// <param name="cancellationToken">Gives up; nothing is written then.</param>
    /// <returns>Its key.</returns>
    /// <exception cref="FieldException">The name is wrong.</exception>
    /// <exception cref="NameTakenException">An experiment of that name exists.</exception>
    public async Task<long> CreateAsync(
        string name, string? artifactLocation, IReadOnlyDictionary<string, string> tags, CancellationToken cancellationToken = default)
    {
        Require(name);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var note = tags.GetValueOrDefault(Filters.SearchTables.NoteTag);
        var experiment = new Experiment
        {
            Name = name,
            ArtifactLocation = artifactLocation,
            Note = string.IsNullOrEmpty(note) ? null : note,
            Tags = tags.Where(tag => tag.Key != Filters.SearchTables.NoteTag).ToDictionary(),
        };
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        db.Experiments.Add(experiment);
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException exception) when (exception.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            throw Taken(name);
        }
        await TellAsync(db, AuditAction.ExperimentCreated, name, experiment.Id, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return experiment.Id;
    }

    /// <summary>An experiment, also a deleted one.</summary>
    /// <exception cref="NotFoundException">There is none.</exception>
    public async Task<Experiment> GetAsync(long id, CancellationToken cancellationToken = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Experiments.IgnoreQueryFilters().AsNoTracking().SingleOrDefaultAsync(e => e.Id == id, cancellationToken) ?? throw NotFound(id);
    }

    /// <summary>The experiment of a name; where there is none, the one that was deleted last under it. Null when there is neither.</summary>
    public async Task<Experiment?> FindAsync(string name, CancellationToken cancellationToken = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return TextRule.IsStorable(name)
            ? await db.Experiments.IgnoreQueryFilters().AsNoTracking().Where(e => e.Name == name)
                .OrderByDescending(e => e.DeletedAt == null).ThenByDescending(e => e.DeletedAt).FirstOrDefaultAsync(cancellationToken)
            : null;
    }

    /// <summary>Gives an experiment another name. The model that a study's builds became versions of stays the study's.</summary>
    /// <exception cref="FieldException">The name is wrong, or the experiment is deleted.</exception>
    /// <exception cref="NotFoundException">There is no such experiment.</exception>
    /// <exception cref="NameTakenException">An experiment of that name exists.</exception>
    public async Task RenameAsync(long id, string name, CancellationToken cancellationToken = default)
    {
        Require(name, "new_name");
        await ChangeAsync(
            id,
            AuditAction.ExperimentRenamed,
            name,
            db => db.Database.ExecuteSqlAsync(
                $"UPDATE experiments SET name = {name}, updated_at = now() WHERE id = {id} AND deleted_at IS NULL", cancellationToken),
            "Restore it first.",
            cancellationToken);
    }

    /// <summary>Hides an experiment with its runs and frees its name. The trials of a study end after their present epoch.</summary>
    /// <exception cref="NotFoundException">There is no such experiment.</exception>
    /// <exception cref="FieldException">It is deleted already, or the one that always exists.</exception>
    public Task DeleteAsync(long id, CancellationToken cancellationToken = default) => id == Experiment.Default
        ? throw new FieldException("experiment_id", "The experiment 0 always exists: runs that name no experiment go there. It cannot be deleted.")
        : ChangeAsync(
            id,
            AuditAction.ExperimentDeleted,
            null,
            async db =>
            {
                var deleted = await db.Database.ExecuteSqlAsync(
                    $"UPDATE experiments SET deleted_at = {clock.GetUtcNow()}, updated_at = now() WHERE id = {id} AND deleted_at IS NULL", cancellationToken);
                // That it has not ended is how a restored study knows that it was running.
                await db.Database.ExecuteSqlAsync($"UPDATE studies SET state = 'stopped' WHERE id = {id} AND state = 'running'", cancellationToken);
                return deleted;
            },
            "Nothing is to be done.",
            cancellationToken);

    /// <summary>Brings a deleted experiment back as it was; a study that was running is stopped.</summary>
    /// <exception cref="NotFoundException">There is no such experiment, or no more.</exception>
    /// <exception cref="FieldException">It is not deleted.</exception>
    /// <exception cref="NameTakenException">Another has taken the name since.</exception>
    public Task RestoreAsync(long id, CancellationToken cancellationToken = default) => ChangeAsync(
        id,
        AuditAction.ExperimentRestored,
        null,
        db => db.Database.ExecuteSqlAsync(
            $"UPDATE experiments SET deleted_at = NULL, updated_at = now() WHERE id = {id} AND deleted_at IS NOT NULL", cancellationToken),
        "There is nothing to restore.",
        cancellationToken);

    /// <summary>Sets a tag; of the tag <c>mlflow.note.content</c> the value is the note.</summary>
    /// <exception cref="NotFoundException">There is no such experiment.</exception>
    /// <exception cref="FieldException">It is deleted.</exception>
    public async Task SetTagAsync(long id, string key, string value, CancellationToken cancellationToken = default)
    {
        await RequireActiveAsync(id, cancellationToken);
        if (key == Filters.SearchTables.NoteTag)
        {
            await notes.WriteNoteAsync(Subject.Experiment(id), value, cancellationToken: cancellationToken);
        }
        else
        {
            await notes.ChangeTagsAsync(Subject.Experiment(id), new Dictionary<string, string?> { [key] = value }, MostTags, cancellationToken);
        }
    }

    /// <summary>Removes a tag.</summary>
    /// <exception cref="NotFoundException">There is no such experiment, or it has no such tag.</exception>
    /// <exception cref="FieldException">It is deleted.</exception>
    public async Task RemoveTagAsync(long id, string key, CancellationToken cancellationToken = default)
    {
        var experiment = await RequireActiveAsync(id, cancellationToken);
        if (key == Filters.SearchTables.NoteTag && experiment.Note is not null)
        {
            await notes.WriteNoteAsync(Subject.Experiment(id), "", cancellationToken: cancellationToken);
            return;
        }
        if (!experiment.Tags.ContainsKey(key))
        {
            throw new NotFoundException($"No tag with name: {key} in experiment with id {id}");
        }
        await notes.ChangeTagsAsync(Subject.Experiment(id), new Dictionary<string, string?> { [key] = null }, MostTags, cancellationToken);
    }

    /// <summary>Says what is wrong with a name; null when it is good.</summary>
    public static string? NameFault(string name) => string.IsNullOrWhiteSpace(name)
        ? "An experiment needs a name."
        : TextRule.Fault("The experiment's name", name, Experiment.MostNameCharacters);

    private async Task<Experiment> RequireActiveAsync(long id, CancellationToken cancellationToken) =>
        await GetAsync(id, cancellationToken) is { DeletedAt: null } experiment
            ? experiment
            : throw new FieldException("experiment_id", $"The experiment {id} must be in the 'active' state. Current state is deleted.");

    private static void Require(string name, string field = "name")
    {
        if (NameFault(name) is { } fault)
        {
            throw new FieldException(field, fault);
        }
    }

    private static NameTakenException Taken(string name) => new($"Experiment '{name}' already exists.");

    private static NotFoundException NotFound(long id) => new($"No Experiment with id={id} exists");

    private async Task ChangeAsync(
        long id, AuditAction action, string? name, Func<WorkbenchDb, Task<int>> change, string otherwise, CancellationToken cancellationToken)
    {
        var experiment = await GetAsync(id, cancellationToken);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        try
        {
            if (await change(db) == 0)
            {
                throw new FieldException("experiment_id", experiment.DeletedAt is null
                    ? $"The experiment {id} is active. {otherwise}"
                    : $"The experiment {id} is deleted. {otherwise}");
            }
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            throw Taken(name ?? experiment.Name);
        }
        await TellAsync(db, action, name ?? experiment.Name, id, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private static async Task TellAsync(WorkbenchDb db, AuditAction action, string name, long id, CancellationToken cancellationToken)
    {
        db.AuditEvents.Add(AuditEvent.Of(action, name, studyId: id));
        await db.SaveChangesAsync(cancellationToken);
        await db.NotifyAsync(new Change(ChangeKind.Study, id), cancellationToken);
    }
}
