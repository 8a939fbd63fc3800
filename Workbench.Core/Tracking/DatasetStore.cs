using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;
using Workbench.Core.Audit;
using Workbench.Core.Text;

namespace Workbench.Core.Tracking;

/// <summary>A version that was asked for.</summary>
/// <param name="VersionId">Its primary key.</param>
/// <param name="Version">Its number.</param>
/// <param name="Created">Whether it is new; else there was one of the same contents.</param>
public sealed record AddedVersion(long VersionId, int Version, bool Created);

/// <summary>Writes datasets. A version is there with all its pictures, or not at all; every change is announced on the change feed, and told
/// in the audit trail.</summary>
public sealed class DatasetStore(IDbContextFactory<WorkbenchDb> databases)
{
    // A hundred thousand rows are written in seconds, on a slow server in a minute.
    private static readonly TimeSpan WriteLimit = TimeSpan.FromMinutes(10);

    /// <summary>Writes a version whose pictures are in packs, unless there is one of the same contents.</summary>
    /// <param name="name">The dataset's name; it is made if there is none.</param>
    /// <param name="version">The version; its keys and its number are given here.</param>
    /// <param name="items">Its pictures, in order.</param>
    /// <param name="problems">What is wrong with it.</param>
    /// <param name="cancellationToken">Gives up; nothing is written then.</param>
    /// <exception cref="ConflictException">A pack was removed meanwhile, with the version that had it.</exception>
    public Task<AddedVersion> AddAsync(
        string name, DatasetVersion version, IReadOnlyList<DatasetItem> items, IReadOnlyList<DatasetProblem> problems,
        CancellationToken cancellationToken = default) =>
        WriteAsync(name, version, problems, AuditAction.DatasetImported, async (connection, id) =>
        {
            await KeepAsync(connection, [.. items.Select(item => item.PackId).Distinct()], cancellationToken);
            await CopyAsync(connection, id, items, cancellationToken);
        }, cancellationToken);

    /// <summary>Writes a version of the pictures of another, unless there is one of the same contents.</summary>
    /// <param name="name">The dataset's name.</param>
    /// <param name="version">The version; its keys and its number are given here.</param>
    /// <param name="from">The primary key of the other version.</param>
    /// <param name="kept">Which of the other's pictures it has, by index, in order.</param>
    /// <param name="classes">The class of each of them.</param>
    /// <param name="problems">What is wrong with it.</param>
    /// <param name="cancellationToken">Gives up; nothing is written then.</param>
    /// <exception cref="ConflictException">The other version was removed meanwhile.</exception>
    public Task<AddedVersion> DeriveAsync(
        string name, DatasetVersion version, long from, int[] kept, int[] classes, IReadOnlyList<DatasetProblem> problems,
        CancellationToken cancellationToken = default) =>
        WriteAsync(name, version, problems, AuditAction.DatasetChanged, async (connection, id) =>
        {
            await using var insert = new NpgsqlCommand(
                """
                INSERT INTO dataset_items (version_id, index, sha256, class, part, path, width, height, channels, bytes, pack_id, "offset")
                SELECT @id, k.place - 1, i.sha256, k.class, i.part, i.path, i.width, i.height, i.channels, i.bytes, i.pack_id, i."offset"
                FROM unnest(@kept, @classes) WITH ORDINALITY AS k (index, class, place)
                JOIN dataset_items i ON i.version_id = @from AND i.index = k.index
                """,
                connection);
            insert.CommandTimeout = (int)WriteLimit.TotalSeconds;
            insert.Parameters.AddWithValue("id", id);
            insert.Parameters.AddWithValue("from", from);
            insert.Parameters.AddWithValue("kept", kept);
            insert.Parameters.AddWithValue("classes", classes);
            if (await insert.ExecuteNonQueryAsync(cancellationToken) != kept.Length)
            {
                throw new ConflictException($"The version of '{name}' that was to be changed is gone.");
            }
        }, cancellationToken);

    /// <summary>Removes all versions of a dataset.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="force">Whether studies may need it; they cannot run any more then.</param>
    /// <param name="cancellationToken">Gives up; nothing is removed then.</param>
    /// <returns>The fingerprints of its versions.</returns>
    /// <exception cref="NotFoundException">There is none.</exception>
    /// <exception cref="ConflictException">Studies need it.</exception>
    public async Task<IReadOnlySet<string>> RemoveAsync(string name, bool force = false, CancellationToken cancellationToken = default)
    {
        if (!TextRule.IsStorable(name))
        {
            throw new NotFoundException($"There is no dataset named '{TextRule.Storable(name)}'.");
        }
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        db.Database.SetCommandTimeout(WriteLimit);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var studies = await db.Studies.Where(s => s.Dataset == name).OrderBy(s => s.Name).Select(s => s.Name).ToListAsync(cancellationToken);
        if (studies.Count > 0 && !force)
        {
            throw new ConflictException(
                $"'{name}' is needed by {(studies.Count == 1 ? "the study" : $"{studies.Count} studies:")} {string.Join(", ", studies.Take(5))}{(studies.Count > 5 ? ", …" : "")}. "
                + "Delete them first, or remove it by force; then they can't run any more.");
        }
        // An import or a change that is under way ends before, or finds nothing.
        await db.Database.ExecuteSqlAsync($"SELECT FROM datasets WHERE name = {name} FOR UPDATE", cancellationToken);
        var versions = db.DatasetVersions.Where(v => v.Dataset.Name == name);
        var fingerprints = await versions.Select(v => v.Fingerprint).ToHashSetAsync(cancellationToken);
        if (await versions.ExecuteDeleteAsync(cancellationToken) == 0)
        {
            throw new NotFoundException($"There is no dataset named '{name}'.");
        }
        db.AuditEvents.Add(AuditEvent.Of(AuditAction.DatasetRemoved, name, [("studies", studies.Count > 0 ? studies.Count : null)]));
        await db.SaveChangesAsync(cancellationToken);
        await db.NotifyAsync(new Change(ChangeKind.Dataset), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return fingerprints;
    }

    private async Task<AddedVersion> WriteAsync(
        string name, DatasetVersion version, IReadOnlyList<DatasetProblem> problems, AuditAction action,
        Func<NpgsqlConnection, long, Task> write, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        db.Database.SetCommandTimeout(WriteLimit);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        // Of two imports at the same time the second waits here for the first.
        var dataset = (await db.Database.SqlQuery<long>(
            $"""
            INSERT INTO datasets (name, last_version, created_at) VALUES ({name}, 0, clock_timestamp())
            ON CONFLICT (name) DO UPDATE SET name = excluded.name RETURNING id AS "Value"
            """).ToListAsync(cancellationToken)).Single();
        var versions = db.DatasetVersions.Where(v => v.DatasetId == dataset);
        if (await versions.Where(v => v.Fingerprint == version.Fingerprint).Select(v => new AddedVersion(v.Id, v.Version, false))
            .FirstOrDefaultAsync(cancellationToken) is { } known)
        {
            await IdempotentRequests.AnswerAsync(db, known, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return known;
        }
        var number = (await db.Database.SqlQuery<int>(
            $"""UPDATE datasets SET last_version = last_version + 1 WHERE id = {dataset} RETURNING last_version AS "Value" """)
            .ToListAsync(cancellationToken)).Single();
        version.DatasetId = dataset;
        version.Version = number;
        version.Problems = problems.Count;
        version.CreatedAt = DateTimeOffset.UtcNow;
        db.DatasetVersions.Add(version);
        db.AuditEvents.Add(AuditEvent.Of(action, $"{name}/{number}", [("pictures", version.Count), ("classes", version.Classes.Length), ("how", version.Origin)]));
        await db.SaveChangesAsync(cancellationToken);
        var connection = (NpgsqlConnection)db.Database.GetDbConnection();
        await write(connection, version.Id);
        await CopyAsync(connection, version.Id, problems, cancellationToken);
        var added = new AddedVersion(version.Id, number, true);
        await IdempotentRequests.AnswerAsync(db, added, cancellationToken);
        await db.NotifyAsync(new Change(ChangeKind.Dataset), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return added;
    }

    // Held until the transaction ends: a pack that is being removed is not used, one that is used is not removed.
    private static async Task KeepAsync(NpgsqlConnection connection, long[] packs, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("UPDATE dataset_packs SET used = true WHERE id = ANY(@packs) AND NOT freed", connection);
        command.Parameters.AddWithValue("packs", packs);
        if (await command.ExecuteNonQueryAsync(cancellationToken) != packs.Length)
        {
            throw new ConflictException("Pictures that this import shares with another version were removed meanwhile. Import it again.");
        }
    }

    private static async Task CopyAsync(NpgsqlConnection connection, long version, IReadOnlyList<DatasetItem> items, CancellationToken cancellationToken)
    {
        await using var writer = await connection.BeginBinaryImportAsync(
            """COPY dataset_items (version_id, index, sha256, class, part, path, width, height, channels, bytes, pack_id, "offset") FROM STDIN (FORMAT BINARY)""",
            cancellationToken);
        writer.Timeout = WriteLimit;
        foreach (var (index, item) in items.Index())
        {
            await writer.StartRowAsync(cancellationToken);
            await writer.WriteAsync(version, NpgsqlDbType.Bigint, cancellationToken);
            await writer.WriteAsync(index, NpgsqlDbType.Integer, cancellationToken);
            await writer.WriteAsync(item.Sha256, NpgsqlDbType.Bytea, cancellationToken);
            await writer.WriteAsync(item.Class, NpgsqlDbType.Integer, cancellationToken);
            await writer.WriteAsync(item.Part, NpgsqlDbType.Smallint, cancellationToken);
            await writer.WriteAsync(item.Path, NpgsqlDbType.Text, cancellationToken);
            await writer.WriteAsync(item.Width, NpgsqlDbType.Integer, cancellationToken);
            await writer.WriteAsync(item.Height, NpgsqlDbType.Integer, cancellationToken);
            await writer.WriteAsync(item.Channels, NpgsqlDbType.Smallint, cancellationToken);
            await writer.WriteAsync(item.Bytes, NpgsqlDbType.Integer, cancellationToken);
            await writer.WriteAsync(item.PackId, NpgsqlDbType.Bigint, cancellationToken);
            await writer.WriteAsync(item.Offset, NpgsqlDbType.Integer, cancellationToken);
        }
        await writer.CompleteAsync(cancellationToken);
    }

    private static async Task CopyAsync(NpgsqlConnection connection, long version, IReadOnlyList<DatasetProblem> problems, CancellationToken cancellationToken)
    {
        await using var writer = await connection.BeginBinaryImportAsync(
            "COPY dataset_problems (version_id, number, kind, message, subject, sha256, class) FROM STDIN (FORMAT BINARY)", cancellationToken);
        writer.Timeout = WriteLimit;
        foreach (var (number, problem) in problems.Index())
        {
            await writer.StartRowAsync(cancellationToken);
            await writer.WriteAsync(version, NpgsqlDbType.Bigint, cancellationToken);
            await writer.WriteAsync(number, NpgsqlDbType.Integer, cancellationToken);
            await writer.WriteAsync(WorkbenchDb.Word(problem.Kind), NpgsqlDbType.Text, cancellationToken);
            await writer.WriteAsync(problem.Message, NpgsqlDbType.Text, cancellationToken);
            await writer.WriteAsync(problem.Subject, NpgsqlDbType.Text, cancellationToken);
            await (problem.Sha256 is { } hash ? writer.WriteAsync(hash, NpgsqlDbType.Bytea, cancellationToken) : writer.WriteNullAsync(cancellationToken));
            await (problem.Class is { } index ? writer.WriteAsync(index, NpgsqlDbType.Integer, cancellationToken) : writer.WriteNullAsync(cancellationToken));
        }
        await writer.CompleteAsync(cancellationToken);
    }
}
