using Npgsql;
using NpgsqlTypes;
using Workbench.Core.Audit;
using Workbench.Core.Text;

namespace Workbench.Core.Tracking;

/// <summary>A version as a client of MLflow registers it.</summary>
/// <param name="Source">Where its files are, as a URI.</param>
/// <param name="SourceRun">The run that it came from; null for none.</param>
/// <param name="RunLink">A link to that run on another server.</param>
/// <param name="LoggedModel">The logged model that it is made of.</param>
/// <param name="Description">What is written about it.</param>
/// <param name="Tags">Values by key.</param>
public sealed record NewVersion(string Source, string? SourceRun, string? RunLink, Guid? LoggedModel, string? Description, IReadOnlyDictionary<string, string> Tags)
{
    /// <summary>Where the files are when the source is another version; null otherwise.</summary>
    public string? Storage { get; init; }
}

/// <summary>What clients of MLflow do to registered models and their versions; aliases are moved by the registry. Each change is one statement, told
/// in the audit trail and announced on the change feed.</summary>
public sealed class ModelStore(Database database, NoteStore notes, TimeProvider clock)
{
    /// <summary>The most characters of a name.</summary>
    public const int MostNameCharacters = 256;

    private const int MostTags = 10_000;

    // What becomes of a version changes its model, too.
    private const string Touched = "touched AS (UPDATE models m SET updated_at = now() WHERE m.id IN (SELECT model_id FROM written)),";

    /// <summary>Registers a model without a version.</summary>
    /// <exception cref="FieldException">The name is wrong.</exception>
    /// <exception cref="NameTakenException">There is one of that name.</exception>
    public async Task CreateAsync(string name, string? description, IReadOnlyDictionary<string, string> tags, CancellationToken cancellationToken = default)
    {
        RequireName(name, "name");
        await using var command = Command(
            """
            INSERT INTO models (name, last_version, is_pinned, created_at, updated_at, note, tags) VALUES (@name, 0, false, now(), now(), @note, @tags)
            RETURNING name AS subject, id AS model_id
            """,
            AuditAction.ModelRegistered);
        command.Parameters.AddWithValue("name", name);
        command.Parameters.Add(TrackedRuns.Nullable("note", NpgsqlDbType.Text, Note(description)));
        command.Parameters.Add(TrackedRuns.Json("tags", tags));
        await NamedAsync(() => command.ExecuteScalarAsync(cancellationToken), name);
    }

    /// <summary>Gives a model another name. A study whose builds became its versions goes on promoting to it.</summary>
    /// <exception cref="FieldException">The name is wrong.</exception>
    /// <exception cref="NotFoundException">There is no such model.</exception>
    /// <exception cref="NameTakenException">There is another of that name.</exception>
    public async Task RenameAsync(string name, string newName, CancellationToken cancellationToken = default)
    {
        RequireName(newName, "new_name");
        await using var command = Command(
            "UPDATE models SET name = @new_name, updated_at = now() WHERE name = @name AND deleted_at IS NULL RETURNING name AS subject, id AS model_id",
            AuditAction.ModelRenamed);
        command.Parameters.AddWithValue("name", name);
        command.Parameters.AddWithValue("new_name", newName);
        Found(await NamedAsync(() => command.ExecuteScalarAsync(cancellationToken), newName), name);
    }

    /// <summary>Deletes a model with all its versions, and frees its name; for a while it is kept.</summary>
    /// <exception cref="NotFoundException">There is no such model.</exception>
    public async Task DeleteAsync(string name, CancellationToken cancellationToken = default)
    {
        await using var command = Command(
            """
            UPDATE models SET deleted_at = @now, is_pinned = false, updated_at = now() WHERE name = @name AND deleted_at IS NULL
            RETURNING name AS subject, id AS model_id
            """,
            AuditAction.ModelDeleted);
        command.Parameters.AddWithValue("name", name);
        command.Parameters.AddWithValue("now", clock.GetUtcNow().UtcDateTime);
        Found(await command.ExecuteScalarAsync(cancellationToken), name);
    }

    /// <summary>Writes what is said of a model.</summary>
    /// <exception cref="NotFoundException">There is no such model.</exception>
    public async Task DescribeAsync(string name, string description, CancellationToken cancellationToken = default) =>
        await notes.WriteNoteAsync(Subject.Model(await IdAsync(name, cancellationToken)), description, cancellationToken: cancellationToken);

    /// <summary>Sets a tag of a model, or removes it when the value is null.</summary>
    /// <exception cref="NotFoundException">There is no such model.</exception>
    public async Task TagAsync(string name, string key, string? value, CancellationToken cancellationToken = default) =>
        await notes.ChangeTagsAsync(
            Subject.Model(await IdAsync(name, cancellationToken)), new Dictionary<string, string?> { [key] = value }, MostTags, cancellationToken);

    /// <summary>Registers a version, which gets the next number.</summary>
    /// <returns>The number.</returns>
    /// <exception cref="NotFoundException">There is no such model.</exception>
    public async Task<int> AddVersionAsync(string name, NewVersion version, CancellationToken cancellationToken = default)
    {
        // The row of the model is locked by the update: numbers are unique and without gaps.
        await using var command = Command(
            """
            INSERT INTO versions (model_id, version, run_id, to_production, state, source, storage, source_run, run_link, logged_model_id, user_name, stage, note, tags,
                created_at, updated_at)
            SELECT model.id, model.last_version, (SELECT r.id FROM runs r WHERE replace(r.uuid::text, '-', '') = @run AND r.kind <> 'production'), false, 'ready',
                @source, @storage, @run, @link, @logged, @actor, 'None', @note, @tags, now(), now()
            FROM model
            RETURNING (SELECT name FROM model) || '/' || version AS subject, model_id
            """,
            AuditAction.VersionRegistered,
            "model AS (UPDATE models SET last_version = last_version + 1, updated_at = now() WHERE name = @name AND deleted_at IS NULL RETURNING *),");
        command.Parameters.AddWithValue("name", name);
        command.Parameters.AddWithValue("source", version.Source);
        command.Parameters.Add(TrackedRuns.Nullable("storage", NpgsqlDbType.Text, version.Storage));
        command.Parameters.Add(TrackedRuns.Nullable("run", NpgsqlDbType.Text, version.SourceRun));
        command.Parameters.Add(TrackedRuns.Nullable("link", NpgsqlDbType.Text, version.RunLink));
        command.Parameters.Add(TrackedRuns.Nullable("logged", NpgsqlDbType.Uuid, version.LoggedModel));
        command.Parameters.Add(TrackedRuns.Nullable("note", NpgsqlDbType.Text, Note(version.Description)));
        command.Parameters.Add(TrackedRuns.Json("tags", version.Tags));
        var subject = Found(await command.ExecuteScalarAsync(cancellationToken), name);
        return int.Parse(subject[(subject.LastIndexOf('/') + 1)..], System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Writes what is said of a version.</summary>
    /// <exception cref="NotFoundException">There is no such version.</exception>
    public async Task DescribeVersionAsync(string name, int version, string description, CancellationToken cancellationToken = default) =>
        await notes.WriteNoteAsync(await VersionAsync(name, version, cancellationToken), description, cancellationToken: cancellationToken);

    /// <summary>Sets a tag of a version, or removes it when the value is null.</summary>
    /// <exception cref="NotFoundException">There is no such version.</exception>
    public async Task TagVersionAsync(string name, int version, string key, string? value, CancellationToken cancellationToken = default) =>
        await notes.ChangeTagsAsync(
            await VersionAsync(name, version, cancellationToken), new Dictionary<string, string?> { [key] = value }, MostTags, cancellationToken);

    /// <summary>Deletes a version, and the aliases that name it. Its number is never given again.</summary>
    /// <exception cref="NotFoundException">There is no such version.</exception>
    /// <exception cref="ConflictException">Its build has not ended.</exception>
    public async Task DeleteVersionAsync(string name, int version, CancellationToken cancellationToken = default)
    {
        await using var command = Command(
            """
            UPDATE versions v SET deleted_at = @now, updated_at = now() FROM models m
            WHERE m.id = v.model_id AND m.name = @name AND m.deleted_at IS NULL AND v.version = @version AND v.deleted_at IS NULL AND v.state <> 'pending'
            RETURNING m.name || '/' || v.version AS subject, v.model_id
            """,
            AuditAction.VersionDeleted,
            after: $"unnamed AS (DELETE FROM aliases a USING written w WHERE a.model_id = w.model_id AND a.version = @version), {Touched}");
        command.Parameters.AddWithValue("name", name);
        command.Parameters.AddWithValue("version", version);
        command.Parameters.AddWithValue("now", clock.GetUtcNow().UtcDateTime);
        if (await command.ExecuteScalarAsync(cancellationToken) is null)
        {
            await VersionAsync(name, version, cancellationToken);
            throw new ConflictException($"Version {version} of '{name}' is being built. It can be deleted when that has ended.");
        }
    }

    /// <summary>Puts a version into a stage.</summary>
    /// <param name="name">The model.</param>
    /// <param name="version">The version.</param>
    /// <param name="stage">None, Staging, Production or Archived.</param>
    /// <param name="archiveOthers">Whether those in that stage are archived.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="NotFoundException">There is no such version.</exception>
    public async Task SetStageAsync(string name, int version, string stage, bool archiveOthers, CancellationToken cancellationToken = default)
    {
        await VersionAsync(name, version, cancellationToken);
        await using var command = Command(
            """
            UPDATE versions v SET stage = CASE WHEN v.version = @version THEN @stage ELSE 'Archived' END, updated_at = now() FROM models m
            WHERE m.id = v.model_id AND m.name = @name AND m.deleted_at IS NULL AND v.deleted_at IS NULL
              AND (v.version = @version OR (@archive AND v.stage = @stage))
            RETURNING m.name || '/' || v.version AS subject, v.model_id
            """,
            AuditAction.StageChanged,
            after: Touched);
        command.Parameters.AddWithValue("name", name);
        command.Parameters.AddWithValue("version", version);
        command.Parameters.AddWithValue("stage", stage);
        command.Parameters.AddWithValue("archive", archiveOthers);
        await command.ExecuteScalarAsync(cancellationToken);
    }

    /// <summary>Says what is wrong with a name; null when it is good.</summary>
    public static string? NameFault(string name) => string.IsNullOrWhiteSpace(name) ? "Registered model name cannot be empty."
        : name.AsSpan().IndexOfAny("/:") >= 0 ? $"Invalid name: '{name}'. Registered model name cannot contain the characters / and :."
        : TextRule.Fault("The registered model's name", name, MostNameCharacters);

    /// <summary>That there is no such model.</summary>
    internal static NotFoundException NotFound(string name) => new($"Registered Model with name={name} not found");

    private static void RequireName(string name, string field)
    {
        if (NameFault(name) is { } fault)
        {
            throw new FieldException(field, fault);
        }
    }

    private static string? Note(string? description) => description is { Length: > 0 } ? description : null;

    private static string Found(object? subject, string name) => subject as string ?? throw NotFound(name);

    private static async Task<object?> NamedAsync(Func<Task<object?>> write, string name)
    {
        try
        {
            return await write();
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            throw new NameTakenException($"Registered Model (name={name}) already exists.");
        }
    }

    // The change, what it is called and which model it is of, written into the audit trail and announced in one statement.
    private NpgsqlCommand Command(string sql, AuditAction action, string before = "", string after = "")
    {
        var told = AuditEvent.Of(action, "");
        var command = database.Durable.CreateCommand(
            $"""
            WITH {before} written AS ({sql}), {after}
            audited AS (
                INSERT INTO audit_events (actor, way, action, subject, model_id, details) SELECT @actor, @way, @action, subject, model_id, '{"{}"}' FROM written)
            SELECT subject, pg_notify('workbench', 'Model 0 0')::text FROM written
            """);
        command.Parameters.AddWithValue("actor", told.Actor);
        command.Parameters.AddWithValue("way", WorkbenchDb.Word(told.Way));
        command.Parameters.AddWithValue("action", WorkbenchDb.Word(told.Action));
        return command;
    }

    private async Task<long> IdAsync(string name, CancellationToken cancellationToken)
    {
        await using var command = database.Durable.CreateCommand("SELECT id FROM models WHERE name = @name AND deleted_at IS NULL");
        command.Parameters.AddWithValue("name", name);
        return await command.ExecuteScalarAsync(cancellationToken) is long id ? id : throw NotFound(name);
    }

    private async Task<Subject> VersionAsync(string name, int version, CancellationToken cancellationToken)
    {
        var model = await IdAsync(name, cancellationToken);
        await using var command = database.Durable.CreateCommand("SELECT true FROM versions WHERE model_id = @model AND version = @version AND deleted_at IS NULL");
        command.Parameters.AddWithValue("model", model);
        command.Parameters.AddWithValue("version", version);
        return await command.ExecuteScalarAsync(cancellationToken) is true
            ? Subject.Version(model, version)
            : throw new NotFoundException($"Model Version (name={name}, version={version}) not found");
    }
}
