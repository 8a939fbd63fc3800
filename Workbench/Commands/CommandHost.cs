using System.CommandLine;
using Workbench.Core;
using Workbench.Core.Commands;
using Workbench.Core.Mirroring;
using Workbench.Core.Tracking;

namespace Workbench.Commands;

/// <summary>The host of a verb that works on one study. The person who types it may run the commands of that study, and of no other.</summary>
internal static class CommandHost
{
    private static readonly TimeSpan MirrorLimit = TimeSpan.FromSeconds(10);

    /// <param name="builder">The host's, with everything that was typed.</param>
    /// <param name="arguments">What was typed.</param>
    /// <param name="session">The data.</param>
    /// <param name="workers">How many trials run at the same time.</param>
    /// <param name="study">The study.</param>
    /// <param name="isCommand">Whether it is to be one of a command, should it not exist.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<IHost> BuildAsync(
        HostApplicationBuilder builder, ParseResult arguments, Session session, int workers, string study, bool isCommand, CancellationToken cancellationToken)
    {
        Add(builder.Services);
        var plain = builder.Build();
        if (!isCommand && (await plain.Services.GetRequiredService<StudyStore>().FindAsync(study, cancellationToken))?.Command is null)
        {
            return plain;
        }
        plain.Dispose();
        return TrackingServer.Build(arguments, session, services =>
        {
            Add(services);
            services.PostConfigure<CommandOptions>(options => options.Allow = true);
        });

        void Add(IServiceCollection services) => services.AddWorkbench(session.Database, session.Artifacts, session.Data).AddWorkers(workers);
    }

    /// <summary>Gives what is new the time to reach the tracking server that is set, and says what does not.</summary>
    public static async Task FinishMirroringAsync(this IHost host)
    {
        try
        {
            if (await host.Services.GetRequiredService<MirrorReport>().FinishAsync(MirrorLimit) is { } missing)
            {
                await Console.Error.WriteLineAsync(missing);
            }
        }
        catch (Exception exception) when (DatabaseOutage.Caused(exception))
        {
            // The verb tells by itself that the database is away.
        }
    }
}
