using System.Text;
using Microsoft.EntityFrameworkCore;
using Workbench.Core.Artifacts;
using Workbench.Core.Models;
using Workbench.Core.Platform;
using Workbench.Core.Tracking;

namespace Workbench.Core.Registry;

/// <summary>
/// Keeps a database and its artifact store together. The same random id stands in both: in the database, and in the store as the artifact
/// <see cref="Key"/>. It goes along when the store's files are moved or copied, and a process that was given another store finds another id,
/// or none. A backup has none: what it restores goes into the database and the store that are there.
/// </summary>
public static class StoreIdentity
{
    /// <summary>The artifact that holds the store's id, as text.</summary>
    public const string Key = "workbench-store";

    // Any number that nothing else uses.
    private const long Lock = 0x53746F72654B6579;

    // Of a database from before there were ids, so many models are looked for.
    private const int MostProbes = 20;

    /// <summary>Checks that the store is the database's. A new database takes a store that is new, too, and marks it.</summary>
    /// <param name="database">A migrated database.</param>
    /// <param name="store">The store that this process was given.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ArtifactStoreException">The database's models lie in another store, or the store is another database's.</exception>
    /// <exception cref="DatabaseException">The database went away meanwhile, and stays away.</exception>
    public static Task EnsureAsync(Database database, IArtifactStore store, CancellationToken cancellationToken = default) =>
        database.StartAsync(token => TryAsync(database, store, token), cancellationToken);

    private static async Task TryAsync(Database database, IArtifactStore store, CancellationToken cancellationToken)
    {
        if (await IsKnownAsync(database, store, cancellationToken))
        {
            return;
        }
        await using var db = database.CreateContext();
        var record = await db.ArtifactStores.SingleOrDefaultAsync(cancellationToken);
        if (record is not { IsMarked: true })
        {
            await using var turn = await database.LockAsync(Lock, cancellationToken);
            db.ChangeTracker.Clear();
            record = await AdoptAsync(db, store, cancellationToken);
        }
        var mark = await ReadAsync(store, cancellationToken);
        if (mark != record.Id)
        {
            throw OtherStore(record, store, mark);
        }
        if (record.Description != Describe(store))
        {
            record.Description = Describe(store);
            await db.SaveChangesAsync(cancellationToken);
        }
    }

    // The usual case, at every start: not worth Entity Framework's model.
    private static async Task<bool> IsKnownAsync(Database database, IArtifactStore store, CancellationToken cancellationToken)
    {
        await using var command = database.Durable.CreateCommand("SELECT id FROM artifact_stores WHERE is_marked AND description = @description");
        command.Parameters.AddWithValue("description", Describe(store));
        return await command.ExecuteScalarAsync(cancellationToken) is Guid id && await ReadAsync(store, cancellationToken) == id;
    }

    /// <summary>Looks whether the store is the database's, and changes nothing.</summary>
    /// <param name="database">A migrated database.</param>
    /// <param name="store">The store that a process would be given.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>False when neither knows the other yet.</returns>
    /// <exception cref="ArtifactStoreException">The database's models lie in another store, or the store is another database's.</exception>
    public static async Task<bool> CheckAsync(Database database, IArtifactStore store, CancellationToken cancellationToken = default)
    {
        await using var db = database.CreateContext();
        var mark = await ReadAsync(store, cancellationToken);
        var record = await db.ArtifactStores.AsNoTracking().SingleOrDefaultAsync(cancellationToken);
        return record is { IsMarked: true } ? mark == record.Id ? true : throw OtherStore(record, store, mark)
            : mark is null || mark == record?.Id ? false
            : throw OtherDatabase(store, mark.Value);
    }

    // To be called by one process at a time.
    private static async Task<ArtifactStoreRecord> AdoptAsync(WorkbenchDb db, IArtifactStore store, CancellationToken cancellationToken)
    {
        var record = await db.ArtifactStores.SingleOrDefaultAsync(cancellationToken);
        if (record is { IsMarked: true })
        {
            return record;
        }
        var mark = await ReadAsync(store, cancellationToken);
        if (mark is null)
        {
            await LookForModelsAsync(db, store, cancellationToken);
            // The id of a process that died here may stand in another store: it is not used for this one.
            if (record is not null)
            {
                db.ArtifactStores.Remove(record);
            }
            record = new ArtifactStoreRecord { Id = Guid.NewGuid(), Description = Describe(store) };
            db.ArtifactStores.Add(record);
            // On disk before the store is marked: a store that is marked is never without its database.
            await db.SaveChangesAsync(cancellationToken);
            await WriteAsync(store, record.Id, cancellationToken);
        }
        else if (mark != record?.Id)
        {
            throw OtherDatabase(store, mark.Value);
        }
        record!.IsMarked = true;
        await db.SaveChangesAsync(cancellationToken);
        return record;
    }

    private static async Task LookForModelsAsync(WorkbenchDb db, IArtifactStore store, CancellationToken cancellationToken)
    {
        var prefixes = await db.Versions.Where(v => v.State == VersionState.Ready && v.ArtifactPrefix != null)
            .OrderByDescending(v => v.CreatedAt).Select(v => v.ArtifactPrefix!).Take(MostProbes).ToListAsync(cancellationToken);
        foreach (var prefix in prefixes)
        {
            if (await store.ExistsAsync($"{prefix}/{ModelPackage.ModelFile}", cancellationToken)
                || await store.ExistsAsync($"{prefix}/{ModelPackage.FormerFile}", cancellationToken))
            {
                return;
            }
        }
        if (prefixes.Count > 0)
        {
            throw new ArtifactStoreException(
                $"The models of this database lie in another store: the {store.Description} has none of them. Give this process the store that the "
                + "others have, or copy its files here.");
        }
    }

    private static ArtifactStoreException OtherStore(ArtifactStoreRecord record, IArtifactStore store, Guid? mark) => new(
        $"The models of this database lie in the {record.Description} ({record.Id}), and this process was given another store, the {Describe(store)} "
        + $"({mark?.ToString() ?? "without an id"}). Give every process the same store. If this is that store after a move, copy all its files, "
        + $"{Key} among them; to go on without the models' files, write the first id into {Key} here.");

    private static ArtifactStoreException OtherDatabase(IArtifactStore store, Guid mark) => new(
        $"The {store.Description} belongs to another database: it is marked with the id {mark}, which this one does not know. Name that "
        + $"database, or another store; if that database is gone for good, delete {Key} there to begin anew.");

    private static string Describe(IArtifactStore store) => $"{store.Description} as {Machine.Name} sees it";

    private static async Task<Guid?> ReadAsync(IArtifactStore store, CancellationToken cancellationToken)
    {
        try
        {
            await using var stream = await store.OpenReadAsync(Key, cancellationToken);
            using var reader = new StreamReader(stream);
            // Anything but an id is an id that no database has.
            return Guid.TryParse(await reader.ReadToEndAsync(cancellationToken), out var id) ? id : Guid.Empty;
        }
        catch (ArtifactNotFoundException)
        {
            return null;
        }
    }

    private static Task WriteAsync(IArtifactStore store, Guid id, CancellationToken cancellationToken) =>
        store.PutAsync(Key, Encoding.ASCII.GetBytes($"{id}\n"), "text/plain", cancellationToken);
}
