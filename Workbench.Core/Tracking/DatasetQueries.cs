using Microsoft.EntityFrameworkCore;
using Workbench.Core.Text;

namespace Workbench.Core.Tracking;

/// <summary>Reads what is written down of imported datasets.</summary>
public sealed class DatasetQueries(IDbContextFactory<WorkbenchDb> databases)
{
    /// <summary>The newest version of each dataset, by name.</summary>
    public async Task<IReadOnlyList<DatasetVersion>> NewestAsync(CancellationToken cancellationToken = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.DatasetVersions.AsNoTracking().Include(v => v.Dataset)
            .Where(v => !db.DatasetVersions.Any(later => later.DatasetId == v.DatasetId && later.Version > v.Version))
            .OrderBy(v => v.Dataset.Name).ToListAsync(cancellationToken);
    }

    /// <summary>All versions of a dataset, the newest first; empty when there is none of that name.</summary>
    public async Task<IReadOnlyList<DatasetVersion>> VersionsAsync(string name, CancellationToken cancellationToken = default)
    {
        if (!TextRule.IsStorable(name))
        {
            return [];
        }
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.DatasetVersions.AsNoTracking().Include(v => v.Dataset).Where(v => v.Dataset.Name == name)
            .OrderByDescending(v => v.Version).ToListAsync(cancellationToken);
    }

    /// <summary>A version of a dataset; null when there is none.</summary>
    /// <param name="name">The dataset's name.</param>
    /// <param name="version">Its number; null for the newest.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<DatasetVersion?> FindAsync(string name, int? version = null, CancellationToken cancellationToken = default)
    {
        if (!TextRule.IsStorable(name))
        {
            return null;
        }
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.DatasetVersions.AsNoTracking().Include(v => v.Dataset)
            .Where(v => v.Dataset.Name == name && (version == null || v.Version == version))
            .OrderByDescending(v => v.Version).FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>All pictures of a version, in order.</summary>
    public async Task<IReadOnlyList<DatasetItem>> ItemsAsync(long versionId, CancellationToken cancellationToken = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.DatasetItems.AsNoTracking().Where(i => i.VersionId == versionId).OrderBy(i => i.Index).ToListAsync(cancellationToken);
    }

    /// <summary>Some pictures of a version, in order.</summary>
    public async Task<IReadOnlyList<DatasetItem>> ItemsAsync(long versionId, int[] indices, CancellationToken cancellationToken = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.DatasetItems.AsNoTracking().Where(i => i.VersionId == versionId && indices.Contains(i.Index)).OrderBy(i => i.Index)
            .ToListAsync(cancellationToken);
    }

    /// <summary>The places of the pictures of a version that have one SHA-256.</summary>
    public async Task<int[]> SameAsync(long versionId, byte[] sha256, CancellationToken cancellationToken = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.DatasetItems.Where(i => i.VersionId == versionId && i.Sha256 == sha256).Select(i => i.Index).Order().ToArrayAsync(cancellationToken);
    }

    /// <summary>What is wrong with a version.</summary>
    /// <param name="versionId">The version's primary key.</param>
    /// <param name="most">How many problems of each kind are read at most.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The problems, and how many there are of each kind.</returns>
    public async Task<(IReadOnlyList<DatasetProblem> Problems, IReadOnlyDictionary<DatasetProblemKind, int> Counts)> ProblemsAsync(
        long versionId, int most = 100, CancellationToken cancellationToken = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var problems = db.DatasetProblems.AsNoTracking().Where(p => p.VersionId == versionId);
        var counts = await problems.GroupBy(p => p.Kind).Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, cancellationToken);
        var read = new List<DatasetProblem>();
        foreach (var kind in counts.Keys.Order())
        {
            read.AddRange(await problems.Where(p => p.Kind == kind).OrderBy(p => p.Number).Take(most).ToListAsync(cancellationToken));
        }
        return (read, counts);
    }
}
