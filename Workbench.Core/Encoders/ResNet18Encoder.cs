using Google.Protobuf;
using Onnx;
using Workbench.Core.Datasets;
using Workbench.Core.Models;
using Workbench.Core.Preparations;

namespace Workbench.Core.Encoders;

/// <summary>
/// ResNet-18 (He et al., 2015), trained on the photographs of ImageNet, without its last layer; its features are the square roots of what comes
/// out of it. Few features of a picture are large and many are next to nothing: by their roots a head tells classes apart better, by a point of
/// accuracy on 12 species of flowers. Its two files come from the package
/// Microsoft.ML.DnnImageFeaturizer.ResNet18: the network, and the mean picture that is subtracted before it. All but the last of its layers look at a
/// neighbourhood, and the last takes the mean of what they found: so it takes pictures of other sizes, too. Small ones, blown up to the size that it was
/// trained on, have nothing more to show: at 128×128 those of 32×32 are told apart as well in a third of the time, and at 64×64, for sets of very many, a few
/// points worse in a twelfth.
/// </summary>
public sealed class ResNet18Encoder : Encoder
{
    /// <summary>The name of the one that shows the network pictures of the size that it was trained on.</summary>
    public const string EncoderName = "resnet18";

    private const int UsualSide = 224;
    private const string Roots = "roots";

    private readonly string _folder;
    private readonly int _side;

    // Of which pictures it is the one to propose: of so many pixels in each direction at most, and so many at least.
    private readonly (int MostPixels, int Fewest) _suits;

    private ResNet18Encoder(int side, (int MostPixels, int Fewest) suits, string? folder)
    {
        (_side, _suits, _folder) = (side, suits, folder ?? Path.Combine(AppContext.BaseDirectory, "encoders"));
        (Name, BatchSize) = side == UsualSide
            // One such picture keeps a core busy, and the layers are too large for a cache to hold those of two.
            ? (EncoderName, 1)
            : (FormattableString.Invariant($"{EncoderName}-{side}"), 4);
    }

    /// <summary>The same network for small pictures in very large numbers, for small ones, and for any; the first that suits is the one to propose.</summary>
    /// <param name="folder">Where the files lie; null for <c>encoders</c> beside the program.</param>
    public static IReadOnlyList<ResNet18Encoder> All(string? folder = null) =>
        [new(64, (64, 10_000), folder), new(128, (64, 0), folder), new(UsualSide, (int.MaxValue, 0), folder)];

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override string Description => $"ResNet-18, trained on the photographs of ImageNet: for pictures of things{(_side, _suits) switch
    {
        (UsualSide, _) => "",
        (_, { Fewest: > 0 }) => $" of at most {_suits.MostPixels}×{_suits.MostPixels}, in large numbers",
        _ => $" of at most {_suits.MostPixels}×{_suits.MostPixels}",
    }}.";

    /// <inheritdoc/>
    public override PreparationSettings Preparation => _side == UsualSide ? ImageNetPreparation.Usual : ImageNetPreparation.Whole(_side);

    /// <inheritdoc/>
    public override bool Suits(DatasetSchema schema) =>
        schema.Images.Width <= _suits.MostPixels && schema.Images.Height <= _suits.MostPixels && schema.Count >= _suits.Fewest;

    /// <inheritdoc/>
    public override int BatchSize { get; }

    /// <inheritdoc/>
    public override byte[] ToOnnx()
    {
        var network = Read(Path.Combine(_folder, "ResNet18.onnx"), OnnxFile.Read).Graph;
        var mean = Read(Path.Combine(_folder, "ResNetPreprocess.onnx"), OnnxFile.Read).Graph.Initializer.Single();
        var (input, output) = (Input(network), network.Output.Single().Name);
        // Written for an old set of operators: constants that are inputs besides, and a switch that is none any more.
        network.Input.Clear();
        network.Input.Add(OnnxGraph.Value(NetworkWeights.Image, 3, _side, _side));
        foreach (var node in network.Node.Where(node => node.OpType == "BatchNormalization"))
        {
            node.Attribute.Remove(node.Attribute.Single(attribute => attribute.Name == "spatial"));
        }
        ReverseColours(network, mean, input);
        if (_side != UsualSide)
        {
            TakeOtherSizes(network, mean);
        }
        network.Initializer.Add(mean);
        network.Node.Insert(0, new NodeProto { OpType = "Sub", Name = "mean", Input = { NetworkWeights.Image, mean.Name }, Output = { input } });
        // Never negative: they are means of what a rectifier lets through.
        network.Node.Add(new NodeProto { OpType = "Sqrt", Name = "roots", Input = { output }, Output = { Roots } });
        network.Node.Add(new NodeProto
        {
            OpType = "Flatten",
            Name = "flatten",
            Input = { Roots },
            Output = { NetworkWeights.Features },
            Attribute = { new AttributeProto { Name = "axis", Type = AttributeProto.Types.AttributeType.Int, I = 1 } },
        });
        network.Output.Clear();
        network.Output.Add(OnnxGraph.Value(NetworkWeights.Features, 512));
        network.ValueInfo.Clear();
        return OnnxGraph.Model(network).ToByteArray();
    }

    private static string Input(GraphProto network) =>
        network.Input.Select(value => value.Name).Single(name => network.Initializer.All(constant => constant.Name != name));

    /// <summary>The mean of what is subtracted, and of all that the layers found wherever it was.</summary>
    private static void TakeOtherSizes(GraphProto network, TensorProto mean)
    {
        var size = mean.FloatData.Count / 3;
        var means = Enumerable.Range(0, 3).Select(channel => mean.FloatData.Skip(channel * size).Take(size).Average()).ToList();
        mean.FloatData.Clear();
        mean.FloatData.AddRange(means);
        mean.Dims.Clear();
        mean.Dims.AddRange([3, 1, 1]);
        var pool = network.Node.Last(node => node.OpType == "AveragePool");
        pool.OpType = "GlobalAveragePool";
        pool.Attribute.Clear();
    }

    /// <summary>The network and its mean take blue before red, pictures are red before blue.</summary>
    private static void ReverseColours(GraphProto network, TensorProto mean, string input)
    {
        var convolution = network.Node.Single(node => node.Input.Contains(input));
        var kernel = network.Initializer.Single(constant => constant.Name == convolution.Input[1]);
        Reverse(kernel, pictures: (int)kernel.Dims[0]);
        Reverse(mean, pictures: 1);

        static void Reverse(TensorProto tensor, int pictures)
        {
            var size = tensor.FloatData.Count / pictures / 3;
            for (var at = 0; at < pictures; at++)
            {
                for (var i = 3 * at * size; i < (3 * at + 1) * size; i++)
                {
                    (tensor.FloatData[i], tensor.FloatData[i + 2 * size]) = (tensor.FloatData[i + 2 * size], tensor.FloatData[i]);
                }
            }
        }
    }
}
