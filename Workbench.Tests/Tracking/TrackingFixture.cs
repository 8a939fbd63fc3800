using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Workbench.Core.Artifacts;
using Workbench.Core.Search;
using Workbench.Core.Studies;
using Workbench.Core.Tracking;

namespace Workbench.Tests.Tracking;

/// <summary>A database of the test's own, with the stores on it.</summary>
internal sealed class TrackingFixture : IDbContextFactory<WorkbenchDb>, IAsyncDisposable
{
    private readonly TestDatabase? _own;

    /// <summary>The stores on a database of which the fixture takes care from now on.</summary>
    public TrackingFixture(Database database, TestDatabase? own = null)
    {
        _own = own;
        Database = database;
        Runs = new RunStore(Database);
        Studies = new StudyStore(database, this);
        Queries = new StudyQueries(this);
        History = new StudyHistory(Database);
        Deleted = new DeletedStudies(this, Clock, Options.Create(new RetentionOptions()));
        Purge = new Purge(this, new LocalArtifactStore(Path.Combine(Path.GetTempPath(), $"workbench-{Guid.NewGuid():N}")), Commands, Clock, Options.Create(new RetentionOptions()), NullLogger<Purge>.Instance);
        Notes = new NoteStore(Database);
        Waiting = new WaitingWork(Database);
        Locks = new JobLocks(Database);
        Audit = new AuditQueries(this);
        Requests = new IdempotentRequests(this, Clock);
    }

    public Database Database { get; }

    public RunStore Runs { get; }

    public StudyStore Studies { get; }

    public StudyQueries Queries { get; }

    public StudyHistory History { get; }

    public DeletedStudies Deleted { get; }

    public Purge Purge { get; }

    public CommandFolders Commands { get; } = new(Path.Combine(Path.GetTempPath(), $"workbench-{Guid.NewGuid():N}"));

    public NoteStore Notes { get; }

    public WaitingWork Waiting { get; }

    public JobLocks Locks { get; }

    public AuditQueries Audit { get; }

    public IdempotentRequests Requests { get; }

    public MovedClock Clock { get; } = new();

    public static async Task<TrackingFixture> CreateAsync()
    {
        var own = await PostgresFixture.CreateDatabaseAsync();
        return new TrackingFixture(new Database(own.ConnectionString), own);
    }

    public async Task<Study> StudyAsync(
        int trials, int jobs = 1, string name = "study", StoppingRule? stopping = null, Direction direction = Direction.Maximize)
    {
        var study = new Study
        {
            Name = name,
            Pipeline = "transfer",
            Dataset = "mnist",
            Split = "{}",
            Metric = "val_accuracy",
            Direction = direction,
            SearchSpace = new SearchSpace(new FloatParameter("x", 0, 1)),
            Sampler = SamplerSettings.Default,
            Pruner = PrunerSettings.Default,
            Seed = 1,
            Stopping = stopping,
            Jobs = jobs,
            TrialsRequested = trials,
            CreatedAt = DateTimeOffset.UtcNow,
        };
        Assert.NotNull(await Studies.InsertAsync(study, [], []));
        return study;
    }

    public ClaimedTrial Claim(Study study, string job, int slot = 0) => Runs.Claim(study.Id, slot, job, "test:1")!;

    /// <summary>Ends the connection over which the change feed hears of changes; it makes a new one.</summary>
    public async Task BreakFeedAsync()
    {
        await using var kill = Database.Durable.CreateCommand(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'");
        Assert.Equal(true, await kill.ExecuteScalarAsync());
    }

    public WorkbenchDb CreateDbContext()
    {
        var options = new DbContextOptionsBuilder<WorkbenchDb>();
        Database.Configure(options);
        return new WorkbenchDb(options.Options);
    }

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        if (_own is not null)
        {
            await _own.DisposeAsync();
        }
    }

    public static ParameterSet X(double value) => new(("x", value));

    public static Dictionary<string, double> Accuracy(double value) => new() { ["val_accuracy"] = value, ["loss"] = 1 - value };
}
