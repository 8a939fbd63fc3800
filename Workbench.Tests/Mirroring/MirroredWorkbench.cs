using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Workbench.Core;
using Workbench.Core.Artifacts;
using Workbench.Core.Mirroring;
using Workbench.Core.Search;
using Workbench.Core.Tracking;
using Workbench.Core.Tracking.Mirrors;
using Workbench.Tests.Mlflow;
using Workbench.Tests.Studies;
using Workbench.Tests.Tracking;

namespace Workbench.Tests.Mirroring;

/// <summary>A process that runs no jobs and mirrors to a server, on a database of its own or an existing one.</summary>
internal sealed class MirroredWorkbench : IAsyncDisposable
{
    private readonly TestWorkbench _workbench;

    private MirroredWorkbench(TestWorkbench workbench) => _workbench = workbench;

    public string ConnectionString => _workbench.ConnectionString;

    public IArtifactStore Artifacts => Get<IArtifactStore>();

    public RunStore Runs => Get<RunStore>();

    /// <param name="server">The server.</param>
    /// <param name="way">What stands between; null for nothing.</param>
    /// <param name="connectionString">An existing database.</param>
    /// <param name="token">What signs in; null for nothing.</param>
    /// <param name="artifacts">An existing artifact store.</param>
    /// <param name="insecureTls">Whether a certificate that no authority has signed is taken; null where it is not set.</param>
    public static async Task<MirroredWorkbench> StartAsync(
        Uri server, HttpMessageHandler? way = null, string? connectionString = null, string? token = null, IArtifactStore? artifacts = null, string? insecureTls = null) =>
        new(await TestWorkbench.StartAsync(workers: 0, connectionString, artifacts, more: services =>
        {
            services.AddMirroring();
            services.Configure<MirrorOptions>(options => (options.Address, options.Token, options.InsecureTls) = (server.AbsoluteUri, token, insecureTls));
            if (way is not null)
            {
                services.AddKeyedSingleton<HttpMessageHandler>(typeof(ServerClient), way);
            }
        }));

    public T Get<T>()
        where T : notnull => _workbench.Get<T>();

    public WorkbenchDb Db() => Get<IDbContextFactory<WorkbenchDb>>().CreateDbContext();

    /// <summary>A study of finished trials, whose name no other test has.</summary>
    public async Task<Study> SeedAsync(int trials, int epochs = 3)
    {
        await using var db = Db();
        await using var transaction = await db.Database.BeginTransactionAsync();
        var study = await SeededStudy.InsertAsync(db, trials, Name(), epochs);
        await db.NotifyAsync(new Change(ChangeKind.Study, study.Id), CancellationToken.None);
        await transaction.CommitAsync();
        return study;
    }

    /// <summary>A study of which nothing has run.</summary>
    public async Task<Study> LaunchAsync(int trials)
    {
        await using var db = Db();
        var study = await SeededStudy.InsertAsync(db, 0, Name());
        await db.Studies.Where(s => s.Id == study.Id).ExecuteUpdateAsync(set => set
            .SetProperty(s => s.State, StudyState.Running).SetProperty(s => s.TrialsRequested, trials).SetProperty(s => s.EndedAt, (DateTimeOffset?)null));
        await db.NotifyAsync(new Change(ChangeKind.Study, study.Id), CancellationToken.None);
        return study;
    }

    /// <summary>A trial that runs, with its parameters.</summary>
    public ClaimedTrial Claim(Study study, string job)
    {
        var trial = Runs.Claim(study.Id, 0, job, "test:1")!;
        Assert.NotNull(Runs.SetParams(trial.Lease, TrackingFixture.X(0.5)));
        return trial;
    }

    /// <summary>A ready version of a build, with files, as the alias <c>production</c>.</summary>
    public async Task<(RegisteredModel Model, int Version)> BuildAsync(Study study, params (string Name, byte[] Content)[] files)
    {
        await using var db = Db();
        var model = await db.Models.Include(m => m.Aliases).SingleOrDefaultAsync(m => m.Name == study.Name) ?? db.Models.Add(new RegisteredModel { Name = study.Name, CreatedAt = DateTimeOffset.UtcNow }).Entity;
        model.LastVersion++;
        await db.SaveChangesAsync();
        await db.Studies.Where(s => s.Id == study.Id).ExecuteUpdateAsync(set => set.SetProperty(s => s.ModelId, model.Id));
        var prefix = FormattableString.Invariant($"models/{model.Id}/{model.LastVersion}");
        foreach (var (name, content) in files)
        {
            await Artifacts.PutAsync($"{prefix}/{name}", content, "application/octet-stream");
        }
        var run = db.Runs.Add(new Run
        {
            ExperimentId = study.Id,
            StudyId = study.Id,
            Kind = RunKind.Production,
            Name = $"production-{model.LastVersion}",
            State = TrialState.Complete,
            Attempt = 1,
            Params = TrackingFixture.X(0.5),
            ArtifactPrefix = prefix,
            StartedAt = DateTimeOffset.UtcNow,
            FinishedAt = DateTimeOffset.UtcNow,
        }).Entity;
        await db.SaveChangesAsync();
        db.Versions.Add(new ModelVersion
        {
            ModelId = model.Id,
            Version = model.LastVersion,
            RunId = run.Id,
            Trial = 0,
            State = VersionState.Ready,
            ArtifactPrefix = prefix,
            CreatedAt = DateTimeOffset.UtcNow,
        });
        await db.SaveChangesAsync();
        await db.NotifyAsync(new Change(ChangeKind.Model, study.Id, run.Id), CancellationToken.None);
        await AliasAsync(model, ModelAlias.Production, model.LastVersion);
        return (model, model.LastVersion);
    }

    /// <summary>Moves an alias.</summary>
    public Task AliasAsync(RegisteredModel model, string alias, int version) => Get<Core.Registry.ModelRegistry>().MoveAliasAsync(model.Name, alias, version);

    /// <summary>Waits until everything is sent.</summary>
    public Task SentAsync() => UntilAsync(status => status is { Trouble: null, Waiting: 0 });

    /// <summary>Waits until the mirroring stands as wanted.</summary>
    public async Task<MirrorStatus> UntilAsync(Func<MirrorStatus, bool> reached)
    {
        using var limit = new CancellationTokenSource(TestWorkbench.Limit);
        var report = Get<MirrorReport>();
        try
        {
            return (await Get<ChangeFeed>().UntilAsync(
                _ => true, () => report.ReadAsync(), status => status is not null && reached(status), TimeSpan.FromMilliseconds(50), limit.Token))!;
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"{await report.ReadAsync()}");
        }
    }

    public ValueTask DisposeAsync() => _workbench.DisposeAsync();

    // None is the beginning of another.
    private static string Name() => $"{MlflowClient.Unique("mirrored")}.";
}

/// <summary>What a server has of studies that are mirrored to it.</summary>
internal sealed class RemoteServer(HttpClient client)
{
    private readonly MlflowClient _mlflow = new(client);

    public MlflowClient Mlflow => _mlflow;

    public async Task<JsonNode> ExperimentAsync(string name) =>
        (await _mlflow.GetAsync($"experiments/get-by-name?experiment_name={Uri.EscapeDataString(name)}"))["experiment"]!;

    /// <summary>The runs that are not deleted, by the identity they have here.</summary>
    public async Task<IReadOnlyList<(string Origin, JsonNode Run)>> RunsAsync(string experimentName)
    {
        var experiment = (string)(await ExperimentAsync(experimentName))["experiment_id"]!;
        var found = await _mlflow.PostAsync("runs/search", $$"""{"experiment_ids": ["{{experiment}}"], "max_results": 1000}""");
        return [.. (found["runs"]?.AsArray() ?? []).Select(run => (MlflowClient.Pairs(run!["data"]!["tags"])["workbench.run"], run!))];
    }

    public async Task<IReadOnlyList<(string Key, long Step, long Timestamp, string Value)>> HistoryAsync(JsonNode run)
    {
        var all = new List<(string, long, long, string)>();
        foreach (var key in (run["data"]!["metrics"]?.AsArray() ?? []).Select(metric => (string)metric!["key"]!))
        {
            var history = await _mlflow.GetAsync($"metrics/get-history?run_id={run["info"]!["run_id"]}&metric_key={Uri.EscapeDataString(key)}");
            all.AddRange(history["metrics"]!.AsArray().Select(value => (key, (long)(value!["step"] ?? 0), (long)value["timestamp"]!, value["value"]!.ToString())));
        }
        return [.. all.Order()];
    }
}
