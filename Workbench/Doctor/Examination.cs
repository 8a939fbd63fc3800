using System.Runtime.CompilerServices;
using Workbench.Commands;
using Workbench.Core.Configuration;
using Workbench.Core.Platform;

namespace Workbench.Doctor;

/// <summary>Looks at everything the workbench stands on, whether it runs or not. Starts nothing, and leaves everything as it was.</summary>
internal sealed class Examination(IConfiguration configuration)
{
    // A store or a database that does not answer is not to hold up the rest.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <summary>What is found, one after the other.</summary>
    public async IAsyncEnumerable<Finding> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (settings, faults) = ReadSettings();
        foreach (var fault in faults)
        {
            yield return Finding.Fail("settings", fault);
        }
        if (settings is null)
        {
            yield break;
        }
        await using (settings)
        {
            yield return Finding.Ok("settings", "all are right");
            var data = Path.GetFullPath(settings.Settings<DataOptions>().Folder ?? DataDirectory.DefaultPath);
            var checks = MachineChecks.All(data, settings.Settings<ListenOptions>())
                .Concat(StoreChecks.All(data, settings))
                .Concat(DatabaseChecks.All(data, settings));
            foreach (var (what, check) in checks)
            {
                foreach (var finding in await GuardAsync(what, check, cancellationToken))
                {
                    yield return finding;
                }
            }
        }
    }

    private (ServiceProvider? Settings, IReadOnlyCollection<string> Faults) ReadSettings()
    {
        try
        {
            return (Session.ReadSettings(configuration), []);
        }
        catch (Exception exception) when (Verb.WrongSettings(exception) is { Count: > 0 } faults)
        {
            return (null, faults);
        }
    }

    private static async Task<IReadOnlyList<Finding>> GuardAsync(string what, Check check, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            return await check(limit.Token).WaitAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return [Finding.Fail(what, $"did not answer within {Limit.TotalSeconds:0} s")];
        }
        // Whatever is wrong is a finding, and the others are still looked for.
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return [Finding.Fail(what, exception.Message.ReplaceLineEndings(" "))];
        }
    }
}

/// <summary>Looks at one thing.</summary>
internal delegate Task<IReadOnlyList<Finding>> Check(CancellationToken cancellationToken);
