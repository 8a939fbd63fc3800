using ArchUnitNET.Domain;
using ArchUnitNET.Loader;
using ArchUnitNET.xUnit;
using Workbench.Core;
using Workbench.Core.Tracking;
using static ArchUnitNET.Fluent.ArchRuleDefinition;

namespace Workbench.Tests;

/// <summary>Dependencies run one way: each folder of Core may use the folders named here, and no other.</summary>
public class ArchitectureTests
{
    private static readonly Architecture Program =
        new ArchLoader().LoadAssemblies(typeof(WorkbenchServices).Assembly, typeof(Workbench.Commands.Verb).Assembly).Build();

    public static TheoryData<string, string[]> Arrows => new()
    {
        { "Access", [] },
        { "Configuration", [] },
        { "Text", [] },
        { "Telemetry", [] },
        { "Platform", ["Configuration"] },
        { "Search", [] },
        { "Commands", ["Configuration", "Search"] },
        { "Datasets", ["Text", "Configuration", "Platform", "Tracking", "Artifacts", "Access", "Audit"] },
        { "Artifacts", ["Configuration"] },
        { "Audit", ["Access"] },
        { "Models", ["Search"] },
        { "Pictures", ["Datasets"] },
        { "Preparations", ["Telemetry", "Datasets", "Models", "Pictures"] },
        { "Encoders", ["Datasets", "Models", "Preparations"] },
        { "Evaluation", [] },
        { "Training", ["Evaluation", "Telemetry", "Platform", "Datasets", "Search", "Models", "Preparations", "Encoders"] },
        { "Tracking", ["Commands", "Evaluation", "Text", "Configuration", "Search", "Access", "Audit"] },
        { "Backups", ["Tracking", "Artifacts", "Models"] },
        { "Studies", ["Access", "Artifacts", "Commands", "Evaluation", "Text", "Configuration", "Telemetry", "Platform", "Datasets", "Search", "Training", "Tracking", "Audit"] },
        { "Registry", ["Commands", "Studies", "Text", "Configuration", "Telemetry", "Platform", "Datasets", "Search", "Training", "Tracking", "Artifacts", "Audit", "Models", "Preparations", "Encoders"] },
        { "Mirroring", ["Configuration", "Telemetry", "Tracking", "Artifacts", "Models"] },
        { "Jobs", ["Configuration", "Commands", "Datasets", "Telemetry", "Platform", "Studies", "Registry", "Tracking"] },
        { "Serving", ["Text", "Configuration", "Telemetry", "Tracking", "Artifacts", "Registry", "Models", "Preparations", "Pictures"] },
    };

    [Theory]
    [MemberData(nameof(Arrows))]
    public void A_folder_of_Core_uses_only_what_lies_below_it(string folder, string[] mayUse)
    {
        var others = Folders.Except(mayUse).Except([folder]);

        foreach (var other in others)
        {
            Types().That().ResideInNamespaceMatching(Namespace(folder))
                .Should().NotDependOnAny(Types().That().ResideInNamespaceMatching(Namespace(other)))
                .Check(Program);
        }
    }

    [Fact]
    public void Core_knows_nothing_of_the_host_or_of_ASP_NET()
    {
        var names = typeof(WorkbenchServices).Assembly.GetReferencedAssemblies().Select(assembly => assembly.Name!);

        Assert.DoesNotContain(names, name => name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal) || name is "Workbench" or "MudBlazor");
    }

    [Theory]
    [InlineData("Search", "TorchSharp", "Npgsql", "Microsoft.EntityFrameworkCore", "System.IO", "Hangfire")]
    [InlineData("Tracking", "TorchSharp", "SkiaSharp")]
    [InlineData("Studies", "TorchSharp", "SkiaSharp")]
    [InlineData("Serving", "TorchSharp")]
    [InlineData("Models", "TorchSharp", "SkiaSharp")]
    [InlineData("Encoders", "TorchSharp", "SkiaSharp")]
    public void A_library_is_used_only_where_it_belongs(string folder, params string[] libraries)
    {
        foreach (var library in libraries)
        {
            Types().That().ResideInNamespaceMatching(Namespace(folder))
                .Should().NotDependOnAnyTypesThat().ResideInNamespaceMatching($@"^{library.Replace(".", @"\.", StringComparison.Ordinal)}(\..*)?$")
                .WithoutRequiringPositiveResults().Check(Program);
        }
    }

    [Fact]
    public void The_host_has_neither_SQL_nor_tensors()
    {
        foreach (var library in new[] { "TorchSharp", "Microsoft.EntityFrameworkCore" })
        {
            Types().That().ResideInAssembly(typeof(Workbench.Commands.Verb).Assembly)
                .Should().NotDependOnAnyTypesThat().ResideInNamespaceMatching($@"^{library}(\..*)?$")
                .WithoutRequiringPositiveResults().Check(Program);
        }
    }

    [Fact]
    public void Every_folder_of_Core_has_its_arrows_here() =>
        Assert.Equal(
            Folders.Order(),
            typeof(Study).Assembly.GetTypes().Select(type => type.Namespace)
                .Where(name => name?.StartsWith("Workbench.Core.", StringComparison.Ordinal) == true)
                .Select(name => name!.Split('.')[2]).Distinct().Order());

    private static IEnumerable<string> Folders => Arrows.Select(row => (string)row[0]);

    private static string Namespace(string folder) => $@"^Workbench\.Core\.{folder}(\..*)?$";
}
