using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Workbench.Core.Audit;
using Workbench.Core.Text;

namespace Workbench.Core.Tracking;

/// <summary>What people added to a study, a run or a model version.</summary>
/// <param name="Note">Markdown; empty for nothing.</param>
/// <param name="Tags">Values by key.</param>
public sealed record Annotations(string Note, IReadOnlyDictionary<string, string> Tags);

/// <summary>What a note and tags are about.</summary>
public readonly record struct Subject
{
    private Subject(string table, long id, int version = 0) => (Table, Id, Number) = (table, id, version);

    internal string Table { get; }

    internal long Id { get; }

    internal int Number { get; }

    // The key of the row, the change that the feed announces, and what the audit trail calls it.
    internal (string Row, string Change, string Names) Sql => Table switch
    {
        "experiments" => ("id = @id", "'Note ' || id || ' 0'", "name AS subject, id AS study_id, null::bigint AS model_id"),
        "runs" => (
            "id = @id",
            "'Note ' || experiment_id || ' ' || id",
            "(SELECT e.name FROM experiments e WHERE e.id = experiment_id) || '/' || name AS subject, experiment_id AS study_id, null::bigint AS model_id"),
        "models" => ("id = @id", "'Note 0 0'", "name AS subject, null::bigint AS study_id, id AS model_id"),
        _ => (
            "model_id = @id AND version = @number",
            "'Note 0 0'",
            "(SELECT m.name FROM models m WHERE m.id = model_id) || '/' || version AS subject, null::bigint AS study_id, model_id"),
    };

    /// <summary>A study.</summary>
    public static Subject Study(long studyId) => new("experiments", studyId);

    /// <summary>An experiment, with a search or without.</summary>
    public static Subject Experiment(long experimentId) => Study(experimentId);

    /// <summary>A registered model.</summary>
    public static Subject Model(long modelId) => new("models", modelId);

    /// <summary>A run.</summary>
    public static Subject Run(long runId) => new("runs", runId);

    /// <summary>A version of a registered model.</summary>
    public static Subject Version(long modelId, int version) => new("versions", modelId, version);

    // Runs are not said to have changed: what they are filed under is not what they are.
    internal string Touched => Table == "runs" ? "" : ", updated_at = now()";

    /// <summary>Whether a change may be one of this subject's note or tags.</summary>
    public bool IsConcernedBy(Change change) => change.Kind == ChangeKind.Note && Table switch
    {
        "experiments" => change.StudyId == Id && change.RunId == 0,
        "runs" => change.RunId == Id,
        _ => change.StudyId == 0,
    };
}

/// <summary>Notes and tags of studies, runs and model versions. Each change is one statement, so one person's words are not lost to
/// another's, is announced on the change feed, and told in the audit trail.</summary>
public sealed class NoteStore(Database database)
{
    /// <summary>The most characters of a note.</summary>
    public const int MostCharacters = 20_000;

    /// <summary>The most tags of one thing.</summary>
    public const int MostTags = 100;

    /// <summary>The most characters of a tag's key.</summary>
    public const int MostKeyCharacters = 250;

    /// <summary>The most characters of a tag's value.</summary>
    public const int MostValueCharacters = 5_000;

    /// <summary>Tags of runs that the workbench itself sets and reads.</summary>
    public static IReadOnlyList<string> Reserved { get; } = ["trial", "version"];

    /// <summary>The note and the tags of something.</summary>
    /// <exception cref="NotFoundException">It does not exist.</exception>
    public async Task<Annotations> ReadAsync(Subject subject, CancellationToken cancellationToken = default)
    {
        await using var command = Command(subject, $"SELECT note, tags FROM {subject.Table} WHERE {subject.Sql.Row}");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new Annotations(reader.IsDBNull(0) ? "" : reader.GetString(0), Tags(reader.GetString(1)))
            : throw new NotFoundException("What this note is about is gone.");
    }

    /// <summary>Writes a note.</summary>
    /// <param name="subject">What it is about.</param>
    /// <param name="text">Markdown, at most <see cref="MostCharacters"/> characters; blank to remove the note.</param>
    /// <param name="was">The note that the writer has seen; null to replace whatever there is.</param>
    /// <param name="cancellationToken">Gives up the write.</param>
    /// <exception cref="FieldException">The text is too long, or no text.</exception>
    /// <exception cref="ConflictException">The note is not <paramref name="was"/> any more; nothing was written.</exception>
    /// <exception cref="NotFoundException">What it is about does not exist.</exception>
    public async Task WriteNoteAsync(Subject subject, string text, string? was = null, CancellationToken cancellationToken = default)
    {
        Require("text", text, "The note");
        Require("was", was ?? "", "The note that was seen");
        text = string.IsNullOrWhiteSpace(text) ? "" : Lines(text);
        await using var command = Command(
            subject,
            $"""
            WITH written AS (
                UPDATE {subject.Table} SET note = nullif(@text, ''){subject.Touched}
                WHERE {subject.Sql.Row} AND (@was IS NULL OR coalesce(note, '') = @was)
                RETURNING {subject.Sql.Change} AS change, {subject.Sql.Names}),
            {Audited}
            SELECT pg_notify('{Change.Channel}', change)::text FROM written
            """);
        command.Parameters.AddWithValue("text", text);
        Audit(command, AuditAction.NoteWritten, [("characters", text.Length)]);
        command.Parameters.Add(new NpgsqlParameter("was", NpgsqlDbType.Text) { Value = was is null ? DBNull.Value : Lines(was) });
        if (await command.ExecuteScalarAsync(cancellationToken) is null)
        {
            await ReadAsync(subject, cancellationToken);
            throw new ConflictException("Another person has changed the note in the meantime. Nothing was written.");
        }
    }

    /// <summary>Sets and removes tags; those not named stay as they are.</summary>
    /// <param name="subject">What they belong to.</param>
    /// <param name="changes">Values by key; null removes. Keys are letters, digits, spaces and <c>. _ - / :</c>, as in MLflow.</param>
    /// <param name="cancellationToken">Gives up the write.</param>
    /// <returns>All tags after that.</returns>
    /// <exception cref="FieldException">A key or a value is wrong, or there are too many tags; nothing was written.</exception>
    /// <exception cref="NotFoundException">What they belong to does not exist.</exception>
    public Task<IReadOnlyDictionary<string, string>> ChangeTagsAsync(
        Subject subject, IReadOnlyDictionary<string, string?> changes, CancellationToken cancellationToken = default)
    {
        foreach (var (key, value) in changes)
        {
            Require(subject, key, value ?? "");
        }
        return ChangeTagsAsync(subject, changes, MostTags, cancellationToken);
    }

    /// <summary>As <see cref="ChangeTagsAsync(Subject, IReadOnlyDictionary{string, string?}, CancellationToken)"/>, for programs, whose rules for
    /// keys and values are others.</summary>
    /// <param name="subject">What they belong to.</param>
    /// <param name="changes">Values by key; null removes.</param>
    /// <param name="most">The most tags there may be.</param>
    /// <param name="cancellationToken">Gives up the write.</param>
    public async Task<IReadOnlyDictionary<string, string>> ChangeTagsAsync(
        Subject subject, IReadOnlyDictionary<string, string?> changes, int most, CancellationToken cancellationToken = default)
    {
        await using var command = Command(
            subject,
            $"""
            WITH written AS (
                UPDATE {subject.Table} SET tags = (tags || @set) - @removed{subject.Touched}
                WHERE {subject.Sql.Row} AND (SELECT count(*) FROM jsonb_object_keys((tags || @set) - @removed)) <= @most
                RETURNING tags, {subject.Sql.Change} AS change, {subject.Sql.Names}),
            {Audited}
            SELECT tags, pg_notify('{Change.Channel}', change)::text FROM written
            """);
        command.Parameters.AddWithValue("most", most);
        var set = changes.Where(change => change.Value is not null).ToDictionary();
        command.Parameters.Add(new NpgsqlParameter("set", NpgsqlDbType.Jsonb) { Value = JsonSerializer.Serialize(set, JsonSerializerOptions.Web) });
        var removed = changes.Where(change => change.Value is null).Select(change => change.Key).ToArray();
        command.Parameters.AddWithValue("removed", removed);
        Audit(command, AuditAction.TagsChanged, [("set", Names(set.Keys)), ("removed", Names(removed))]);
        if (await command.ExecuteScalarAsync(cancellationToken) is string tags)
        {
            return Tags(tags);
        }
        await ReadAsync(subject, cancellationToken);
        throw new FieldException("tags", $"With these there would be more than {most} tags; that is the most.");
    }

    // In the statement that writes, for what it has written.
    private const string Audited =
        """
        audited AS (
            INSERT INTO audit_events (actor, way, action, subject, study_id, model_id, details)
            SELECT @actor, @way, @action, subject, study_id, model_id, @details FROM written)
        """;

    private static void Audit(NpgsqlCommand command, AuditAction action, IEnumerable<(string, object?)> details)
    {
        var told = AuditEvent.Of(action, "", details);
        command.Parameters.AddWithValue("actor", told.Actor);
        command.Parameters.AddWithValue("way", WorkbenchDb.Word(told.Way));
        command.Parameters.AddWithValue("action", WorkbenchDb.Word(told.Action));
        command.Parameters.Add(new NpgsqlParameter("details", NpgsqlDbType.Json) { Value = JsonSerializer.Serialize(told.Details, JsonSerializerOptions.Web) });
    }

    private static string? Names(IReadOnlyCollection<string> keys) => keys.Count > 0 ? string.Join(", ", keys) : null;

    /// <summary>Says what is wrong with a tag; null when it is good.</summary>
    public static string? TagFault(Subject subject, string key, string value) =>
        string.IsNullOrWhiteSpace(key) ? "A tag needs a key."
        : key.Length > MostKeyCharacters ? $"The key has {key.Length} characters; {MostKeyCharacters} is the most."
        : key != key.Trim() || !TextRule.ConsistsOf(key, " ._-/:")
            ? $"The key '{key}' may hold only letters, digits, . _ - / : and spaces in between."
        : subject.Table == "runs" && Reserved.Contains(key) ? $"The tag '{key}' of a run is set by the workbench itself. Choose another key."
        : TextRule.Fault($"The value of '{key}'", value, MostValueCharacters);

    private static void Require(Subject subject, string key, string value)
    {
        if (TagFault(subject, key, value) is { } fault)
        {
            throw new FieldException(key, fault);
        }
    }

    private static void Require(string field, string text, string what)
    {
        if (TextRule.Fault(what, text, MostCharacters) is { } fault)
        {
            throw new FieldException(field, fault);
        }
    }

    // Browsers and systems differ in how they end lines; what a person has seen must compare equal to what is stored.
    private static string Lines(string text) => text.ReplaceLineEndings("\n");

    private static Dictionary<string, string> Tags(string json) =>
        JsonSerializer.Deserialize<Dictionary<string, string>>(json, JsonSerializerOptions.Web)!;

    private NpgsqlCommand Command(Subject subject, string sql)
    {
        var command = database.Durable.CreateCommand(sql);
        command.Parameters.AddWithValue("id", subject.Id);
        command.Parameters.AddWithValue("number", subject.Number);
        return command;
    }
}
