using Google.Protobuf;
using Onnx;
using SkiaSharp;
using Workbench.Core.Audit;
using Workbench.Core.Models;
using Workbench.Core.Registry;
using Workbench.Core.Serving;
using Workbench.Core.Tracking;
using Workbench.Tests.Models;
using Workbench.Tests.Serving;
using Workbench.Tests.Studies;

namespace Workbench.Tests.Registry;

public sealed class ModelImportTests
{
    private const string Labels = Brightness.Labels;

    [Fact]
    public async Task A_classifier_from_outside_is_a_version_like_any_other()
    {
        await using var workbench = await TestWorkbench.StartAsync(workers: 0);
        Actor.Current = new Actor("ana", Way.Page);
        var import = workbench.Get<ModelImport>();

        Assert.Equal(1, await import.AddAsync(new ModelImportRequest("lamp", Brightness.Onnx(), Labels, new PictureScale())));
        Assert.Equal(2, await import.AddAsync(new ModelImportRequest("lamp", Brightness.Onnx(), """["off", "on"]""", new PictureScale(), Production: false)));

        var predictor = workbench.Get<Predictor>();
        using var white = Pictures.Drawn(60, 40, SKColors.White, _ => { });
        using var black = Pictures.Drawn(60, 40, SKColors.Black, _ => { });
        var served = await predictor.FindAsync();
        Assert.Equal(("bright", "lamp", 1), Of(await predictor.PredictAsync(served, new MemoryStream(white.Png()))));
        Assert.Equal(("dark", "lamp", 1), Of(await predictor.PredictAsync(served, new MemoryStream(black.Png()))));
        Assert.Equal(("on", "lamp", 2), Of(await predictor.PredictAsync(await predictor.FindAsync("lamp", 2), new MemoryStream(white.Png()))));
        var model = await workbench.Get<ModelRegistry>().GetAsync("lamp");
        Assert.All(model.Versions, version => Assert.Equal((VersionState.Ready, null, null), (version.State, version.Trial, version.RunId)));
        Assert.Contains(await workbench.Get<AuditQueries>().OfModelAsync(model.Id), told => (told.Actor, told.Action, told.Subject) == ("ana", AuditAction.ModelImported, "lamp/2"));
    }

    [Theory]
    [InlineData("", Labels, "name")]
    [InlineData("a/b", Labels, "name")]
    [InlineData("lamp", "dark", "labels")]
    [InlineData("lamp", "dark\nbright\nbroken", "labels")]
    [InlineData("lamp", "dark\ndark", "labels")]
    [InlineData("lamp", "[1", "labels")]
    public async Task A_name_or_labels_that_do_not_fit_are_refused_by_field(string name, string labels, string field)
    {
        var import = new ModelImport(null!, null!, TimeProvider.System);

        var refusal = await Assert.ThrowsAsync<FieldException>(() => import.AddAsync(new ModelImportRequest(name, Brightness.Onnx(), labels, new PictureScale())));

        Assert.Equal(field, refusal.Field);
    }

    public static TheoryData<string, byte[], string> Unfit => new()
    {
        { "no ONNX", [1, 2, 3, 4], "no ONNX model" },
        { "nothing", [], "no ONNX model" },
        { "another rank", new OnnxGraph("x", 12).Softmax().ToBytes("y"), "[batch, 12]" },
        { "channels last", new OnnxGraph("x", 4, 4, 3).AverageQuarters().Flatten().Dense(new([2, 16], new float[32]), new([2], [1, 2])).ToBytes("y"), "channels have to come before" },
        { "an open size", Changed(model => model.Graph.Input[0].Type.TensorType.Shape.Dim[2] = new() { DimParam = "height" }), "known size" },
        { "several outputs", Changed(model => model.Graph.Output.Add(OnnxGraph.Value(model.Graph.Node[0].Output[0], 3, 2, 2))), "2 outputs" },
        { "several inputs", Changed(model => model.Graph.Input.Add(OnnxGraph.Value("more", 3))), "2 inputs" },
        { "weights elsewhere", Changed(model => model.Graph.Initializer[0].DataLocation = TensorProto.Types.DataLocation.External), "beside it" },
        { "operators of old", Changed(model => model.OpsetImport[0].Version = 6), "set 7" },
        { "an unknown operator", Changed(model => model.Graph.Node[0].OpType = "Magic"), "cannot load" },
        { "no classes", new OnnxGraph("x", 3, 4, 4).AverageQuarters().ToBytes("y"), "[batch, classes]" },
    };

    [Theory, MemberData(nameof(Unfit))]
    public void A_file_that_does_not_fit_is_refused_by_a_sentence(string what, byte[] file, string told)
    {
        var refusal = Assert.Throws<FormatException>(() => ForeignNetwork.Read(file, new PictureScale()));

        Assert.True(refusal.Message.Contains(told, StringComparison.Ordinal), $"{what}: {refusal.Message}");
    }

    [Fact]
    public void Logits_become_probabilities_and_pictures_are_scaled_as_the_network_wants_them()
    {
        using var original = new OnnxModel(Logits());
        var network = ForeignNetwork.Read(Logits(), new PictureScale(255, [100, 110, 120], [50, 60, 70]));
        using var adapted = new OnnxModel(network.Model);
        var generator = new Random(5);
        var picture = Enumerable.Range(0, 48).Select(_ => generator.NextSingle()).ToArray();

        var scaled = picture.Select((value, at) => (255 * value - (100 + 10 * (at / 16))) / (50 + 10 * (at / 16))).ToArray();
        var logits = original.Run(scaled, 1);
        var sum = logits.Sum(value => Math.Exp(value));
        Assert.Equal(logits.Select(value => (float)(Math.Exp(value) / sum)), adapted.Run(picture, 1), (one, other) => Math.Abs(one - other) < 1e-4);
        Assert.Equal((3, 4, 4, 2), (network.Channels, network.Height, network.Width, network.Classes));
    }

    [Fact]
    public void Probabilities_stay_what_they_are_and_names_of_our_own_do_no_harm()
    {
        var file = new OnnxGraph("image", 3, 4, 4).AverageQuarters().Flatten().Dense(Weight(2), new([2], [-1, 1])).Softmax().ToBytes("probabilities");
        using var original = new OnnxModel(file);
        using var adapted = new OnnxModel(ForeignNetwork.Read(file, new PictureScale()).Model);
        var picture = Enumerable.Range(0, 96).Select(at => at / 96f).ToArray();

        Assert.Equal(original.Run(picture, 2), adapted.Run(picture, 2), (one, other) => Math.Abs(one - other) < 1e-5);
    }

    private static (string, string, int) Of(Prediction prediction) => (prediction.Class, prediction.Model, prediction.Version);

    private static byte[] Logits() => new OnnxGraph("picture", 3, 4, 4).AverageQuarters().Flatten().Dense(Weight(0.3f), new([2], [0.1f, -0.2f])).ToBytes("logits");

    private static Safetensors.Values Weight(float size) => new([2, 12], [.. Enumerable.Range(0, 24).Select(at => at < 12 ? -size : size * (1 + at % 3 / 10f))]);

    private static byte[] Changed(Action<ModelProto> change)
    {
        var model = ModelProto.Parser.ParseFrom(Logits());
        change(model);
        return model.ToByteArray();
    }
}
