using System.Globalization;
using System.Text.Json;
using Workbench.Core.Commands;
using Workbench.Core.Search;
using Workbench.Core.Tracking;

namespace Workbench.Core.Studies;

/// <summary>One execution of a study's command.</summary>
/// <param name="Study">The study.</param>
/// <param name="Lease">The right to write to the run.</param>
/// <param name="Params">The run's parameters.</param>
/// <param name="Number">The trial that it is, or whose parameters are built.</param>
/// <param name="IsBuild">Whether it makes the model of a build.</param>
public sealed record CommandRun(Study Study, Lease Lease, ParameterSet Params, int Number, bool IsBuild = false)
{
    // What this process is configured by, database and keys among it, is no business of the program.
    private static readonly string[] Withheld = ["Workbench", "ConnectionStrings", "Minio", "Kestrel", "Authentication"];

    /// <summary>The command, which the study has.</summary>
    internal CommandSettings Command => Study.Command!;

    /// <summary>What it is called, also on disk: of one attempt alone.</summary>
    internal string Name => string.Create(
        CultureInfo.InvariantCulture, $"{(IsBuild ? $"build-{Lease.RunId}" : $"trial-{Number}")}{(Lease.Attempt > 1 ? $"-{Lease.Attempt}" : "")}");

    /// <summary>The program as it is run.</summary>
    /// <param name="folder">Where.</param>
    /// <param name="uuid">The run as clients of MLflow name it.</param>
    /// <param name="tracking">Where clients of MLflow log to; null when they can't log here.</param>
    internal CommandOrder Order(string folder, Guid uuid, TrackingAddress tracking)
    {
        var number = Number.ToString(CultureInfo.InvariantCulture);
        var values = Params.Where(parameter => Study.SearchSpace.Find(parameter.Key) is not null).ToDictionary(parameter => parameter.Key, parameter => parameter.Value.ToString(), StringComparer.Ordinal);
        var environment = Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>()
            .Select(variable => (Name: (string)variable.Key, Value: (string?)variable.Value ?? ""))
            .Where(variable => !Withheld.Any(name => IsOf(variable.Name, name)))
            .ToDictionary(variable => variable.Name, variable => variable.Value, StringComparer.Ordinal);
        foreach (var (name, value) in values)
        {
            environment[Placeholders.Variable(name)] = value;
        }
        environment["WORKBENCH_PARAMS"] = JsonSerializer.Serialize(new ParameterSet(Params.Where(parameter => values.ContainsKey(parameter.Key))), JsonSerializerOptions.Web);
        environment["WORKBENCH_STUDY"] = Study.Name;
        environment["WORKBENCH_TRIAL"] = number;
        environment["WORKBENCH_OUTPUT"] = folder;
        // What Python prints is seen when it is printed.
        environment.TryAdd("PYTHONUNBUFFERED", "1");
        if (IsBuild)
        {
            environment["WORKBENCH_BUILD"] = "1";
        }
        if (tracking.Uri is { } uri)
        {
            // What signs in to the server that studies are mirrored to is not for this one.
            foreach (var name in (string[])["MLFLOW_TRACKING_TOKEN", "MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD"])
            {
                environment.Remove(name);
            }
            environment["MLFLOW_TRACKING_URI"] = uri;
            environment["MLFLOW_RUN_ID"] = uuid.ToString("N");
            environment["MLFLOW_EXPERIMENT_ID"] = Study.Id.ToString(CultureInfo.InvariantCulture);
            if (tracking.Token is { } token)
            {
                environment["MLFLOW_TRACKING_TOKEN"] = token;
            }
        }
        (values["study"], values["trial"], values["output"]) = (Get("study", Study.Name), Get("trial", number), Get("output", folder));
        return new CommandOrder(Placeholders.Fill(Command.Arguments, values), folder, environment, Command.Grace);

        // A parameter of that name is meant before anything else.
        string Get(string name, string own) => Study.SearchSpace.Find(name) is null ? own : values.GetValueOrDefault(name, "");
    }

    private static bool IsOf(string variable, string section) =>
        variable.StartsWith(section, StringComparison.OrdinalIgnoreCase) && (variable.AsSpan(section.Length).StartsWith("__") || variable.AsSpan(section.Length).StartsWith(":"));
}

/// <summary>Where programs that track with MLflow log to. Set when it is known, before jobs are run.</summary>
public sealed class TrackingAddress
{
    /// <summary>The address; null when no server of this workbench is known.</summary>
    public string? Uri { get; set; }

    /// <summary>The token that it asks for; null for none.</summary>
    public string? Token { get; set; }
}
