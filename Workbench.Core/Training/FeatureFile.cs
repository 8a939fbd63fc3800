using System.Security.Cryptography;
using Workbench.Core.Models;
using static TorchSharp.torch;

namespace Workbench.Core.Training;

/// <summary>Features on disk: a safetensors file with one tensor, whose metadata hold the SHA-256 of its values.</summary>
internal sealed class FeatureFile(string path)
{
    private const string TensorName = "features";
    private const string ChecksumEntry = "sha256";

    /// <summary>Fills the tensor from the file. A file that is missing, damaged or of another shape is as good as none.</summary>
    public bool TryRead(Tensor values)
    {
        try
        {
            using var file = File.OpenRead(path);
            // The values come first, since the header we expect depends on them; both have to fit to the byte.
            var size = values.bytes.Length;
            if (file.Length <= size)
                return false;
            var header = new byte[file.Length - size];
            file.ReadExactly(header);
            file.ReadExactly(values.bytes);
            return header.AsSpan().SequenceEqual(Header(values));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Writes the file, whole or not at all. That it could not is no reason to stop: the next start computes again.</summary>
    public void Write(Tensor values)
    {
        var unfinished = $"{path}.{Guid.NewGuid():n}.tmp";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using (var file = File.Create(unfinished))
            {
                file.Write(Header(values));
                file.Write(values.bytes);
                file.Flush(flushToDisk: true);
            }
            File.Move(unfinished, path, overwrite: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            if (File.Exists(unfinished))
                File.Delete(unfinished);
        }
    }

    private static byte[] Header(Tensor values) => Safetensors.Header(
        [(TensorName, values.shape)],
        new Dictionary<string, string> { [ChecksumEntry] = Convert.ToHexStringLower(SHA256.HashData(values.bytes)) });
}
