using System.Text;
using Workbench.Core.Datasets;
using Workbench.Tests.Training;

namespace Workbench.Tests.Browser;

/// <summary>What the browser's camera films: a digit of MNIST, black on white paper.</summary>
internal static class FilmedDigit
{
    private const int Width = 640, Height = 480, Scale = 12;

    // Nothing of a YUV picture but its brightness.
    private const byte NoColour = 128;

    private static readonly TemporaryFolder Folder = new();

    /// <summary>Which digit it is.</summary>
    public static int Label => Samples.Mnist.Labels[Samples.FirstOfTest];

    /// <summary>The film, one frame that is repeated without end, as YUV4MPEG2; removed at the end of the run.</summary>
    public static string File()
    {
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Folder.Dispose();
        var frame = new byte[Width * Height * 3 / 2];
        frame.AsSpan(0, Width * Height).Fill(byte.MaxValue);
        frame.AsSpan(Width * Height).Fill(NoColour);
        var digit = Samples.Mnist.Image(Samples.FirstOfTest);
        var (left, top) = ((Width - (MnistFrame.Side * Scale)) / 2, (Height - (MnistFrame.Side * Scale)) / 2);
        for (var y = 0; y < MnistFrame.Side * Scale; y++)
        {
            for (var x = 0; x < MnistFrame.Side * Scale; x++)
            {
                frame[((top + y) * Width) + left + x] = (byte)(byte.MaxValue - digit[(y / Scale * MnistFrame.Side) + (x / Scale)]);
            }
        }
        var path = Folder["camera.y4m"];
        System.IO.File.WriteAllBytes(path, [.. Encoding.ASCII.GetBytes($"YUV4MPEG2 W{Width} H{Height} F10:1 Ip A1:1 C420jpeg\nFRAME\n"), .. frame]);
        return path;
    }
}
