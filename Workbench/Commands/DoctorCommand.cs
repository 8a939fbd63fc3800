using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using Workbench.Doctor;

namespace Workbench.Commands;

/// <summary><c>doctor</c>: says how everything stands that the workbench needs.</summary>
internal sealed class DoctorCommand : Verb
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    private readonly Option<bool> _json = new("--json") { Description = "Print the findings as JSON." };

    public DoctorCommand()
        : base("doctor", "Check the database, the store, the libraries, the data folder, the port and the clocks; changes nothing.")
    {
        Options.Add(ServeCommand.HostOption);
        Options.Add(ServeCommand.PortOption);
        Options.Add(_json);
    }

    protected override async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var findings = new List<Finding>();
        await foreach (var finding in new Examination(CreateBuilder(arguments).Configuration).RunAsync(cancellationToken))
        {
            findings.Add(finding);
            if (!arguments.GetValue(_json))
            {
                Console.WriteLine($"{finding.Verdict.ToString().ToLowerInvariant(),-4}  {finding.What,-11}  {finding.Detail}");
            }
        }
        if (arguments.GetValue(_json))
        {
            Console.WriteLine(JsonSerializer.Serialize(findings, Format));
        }
        return findings.Any(finding => finding.Verdict == Verdict.Fail) ? Failed : Done;
    }
}
