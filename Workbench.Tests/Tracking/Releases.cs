namespace Workbench.Tests.Tracking;

/// <summary>Databases of earlier releases, as they were dumped; what is in them stands at the beginning of each file.</summary>
internal static class Releases
{
    public static async Task<TestDatabase> DumpedAsync(string release)
    {
        var own = await PostgresFixture.CreateDatabaseAsync(migrated: false);
        // Not to be pooled: the dump sets the search path of its session.
        await PostgresFixture.ExecuteAsync(
            own.ConnectionString + ";Pooling=false", await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Releases", $"{release}.sql")));
        return own;
    }
}
