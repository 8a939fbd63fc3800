using Microsoft.EntityFrameworkCore;
using Workbench.Core.Audit;
using Workbench.Core.Text;
using Workbench.Core.Tracking;

namespace Workbench.Core.Registry;

/// <summary>Which model answers a prediction that names none: the one that is pinned, or else the one whose production alias moved last.</summary>
public sealed class DefaultModel(IDbContextFactory<WorkbenchDb> databases)
{
    // Of two who pin at the same moment the second sees the first.
    private const long Turn = 0x0057_4250_494e;

    /// <summary>Pins a model, in place of the one that was pinned.</summary>
    /// <exception cref="NotFoundException">There is no such model.</exception>
    /// <exception cref="ConflictException">It has no version in production.</exception>
    public async Task PinAsync(string name, CancellationToken cancellationToken = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({Turn})", cancellationToken);
        var model = (TextRule.IsStorable(name) ? await db.Models.SingleOrDefaultAsync(m => m.Name == name, cancellationToken) : null)
            ?? throw new NotFoundException($"There is no model named '{name}'.");
        if (!await db.Aliases.AnyAsync(a => a.ModelId == model.Id && a.Alias == ModelAlias.Production, cancellationToken))
        {
            throw new ConflictException($"The model '{name}' has no version in production, so it can't answer.");
        }
        if (model.IsPinned)
        {
            return;
        }
        await db.Models.Where(m => m.IsPinned).ExecuteUpdateAsync(set => set.SetProperty(m => m.IsPinned, false), cancellationToken);
        model.IsPinned = true;
        await TellAsync(db, AuditAction.ModelPinned, model, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Unpins the model that is pinned; nothing happens when none is.</summary>
    public async Task UnpinAsync(CancellationToken cancellationToken = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({Turn})", cancellationToken);
        if (await db.Models.SingleOrDefaultAsync(m => m.IsPinned, cancellationToken) is { } model)
        {
            model.IsPinned = false;
            await TellAsync(db, AuditAction.ModelUnpinned, model, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
    }

    private static async Task TellAsync(WorkbenchDb db, AuditAction action, RegisteredModel model, CancellationToken cancellationToken)
    {
        db.AuditEvents.Add(AuditEvent.Of(action, model.Name, modelId: model.Id));
        await db.SaveChangesAsync(cancellationToken);
        await db.NotifyAsync(new Change(ChangeKind.Model), cancellationToken);
    }
}
