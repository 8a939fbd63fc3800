using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace Workbench.Core.Tracking;

/// <summary>Lets <c>dotnet ef migrations add</c> see the model; it needs no database for that.</summary>
internal sealed class DesignTime : IDesignTimeDbContextFactory<WorkbenchDb>
{
    public WorkbenchDb CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<WorkbenchDb>().UseNpgsql().UseSnakeCaseNamingConvention().Options);
}
