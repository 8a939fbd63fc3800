using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Workbench.Benchmarks.Fuzz;

/// <summary>One operation of the API, and a request of it that is right.</summary>
/// <param name="Method">The method of HTTP.</param>
/// <param name="Path">With placeholders in braces.</param>
/// <param name="Query">The names of its parameters in the query.</param>
/// <param name="Body">A body that is right; null for none.</param>
internal sealed record Route(string Method, string Path, IReadOnlyList<string> Query, JsonNode? Body)
{
    /// <summary>The study, and the model, that the samples are of.</summary>
    public const string Study = "fuzz";

    // Bodies by the last part of the path; what is not here is sent without one, or with an empty object.
    private static readonly Dictionary<string, string> Bodies = new()
    {
        ["POST /api/studies"] = """
            {"name": "launched", "trials": 1, "jobs": 1, "pipeline": "transfer", "dataset": "mnist", "seed": 1,
             "searchSpace": {"learning_rate": {"type": "float", "low": 1e-3, "high": 1e-2, "log": true}, "l1": {"type": "fixed", "value": 0},
               "l2": {"type": "fixed", "value": 0}, "num_hidden": {"type": "int", "low": 8, "high": 16, "step": 4},
               "epochs": {"type": "categorical", "choices": [1, 2]}},
             "sampler": {"type": "tpe", "startupTrials": 5, "gamma": 0.2}, "pruner": {"type": "hyperband", "eta": 3},
             "stopping": {"seconds": 60, "patience": 5, "target": 0.99}, "split": {"validation": 0.3},
             "enqueue": [{"learning_rate": 0.002}], "warmStart": "fuzz"}
            """,
        ["POST /api/studies/{name}/trials"] = """{"params": [{"learning_rate": 0.002}, {"num_hidden": 16}]}""",
        ["POST /api/studies/{name}/promote"] = """{"trial": 0}""",
        ["PUT /api/models/{name}/aliases/{alias}"] = """{"version": 1}""",
        ["note"] = """{"text": "*Markdown*", "was": ""}""",
        ["tags"] = """{"owner": "ana", "draft": null}""",
    };

    private static readonly Dictionary<string, string> Values = new()
    {
        ["name"] = Study,
        ["version"] = "1",
        ["alias"] = "champion",
        ["path"] = "manifest.json",
        ["model"] = Study,
        ["filter"] = "val_accuracy > 0.5 and (state = complete or num_hidden < 40)",
        ["sort"] = "-number",
        ["columns"] = "number,value,num_hidden",
    };

    /// <summary>The operations that the server describes, and the pages.</summary>
    public static async Task<IReadOnlyList<Route>> LearnAsync(HttpClient client)
    {
        var api = (await client.GetFromJsonAsync<JsonNode>("openapi/v1.json"))!;
        var operations =
            from path in api["paths"]!.AsObject()
            from operation in path.Value!.AsObject()
            let method = operation.Key.ToUpperInvariant()
            let query = from parameter in operation.Value!["parameters"]?.AsArray() ?? []
                        where (string?)parameter!["in"] == "query"
                        select (string)parameter["name"]!
            select new Route(method, path.Key, [.. query], Sample(method, path.Key, operation.Value["requestBody"] is not null));
        string[] pages = ["/", "/studies", $"/studies/{Study}", "/models", "/models/{name}", "/predict", "/jobs", "/settings", "/runs/{id}", "/{name}", "/health"];
        return [.. operations, .. pages.Select(page => new Route("GET", page, ["tab", "filter", "sort", "columns", "trial", "study"], null))];
    }

    /// <summary>A value that is right for a placeholder or a parameter of the query.</summary>
    public static string ValueOf(string name, string run) => Values.GetValueOrDefault(name.Trim('*').Split(':')[0], run);

    private static JsonNode? Sample(string method, string path, bool hasBody) =>
        Bodies.TryGetValue($"{method} {path}", out var sample) || (method != "GET" && Bodies.TryGetValue(path.Split('/')[^1], out sample))
            ? JsonNode.Parse(sample)
            : hasBody ? new JsonObject() : null;
}
