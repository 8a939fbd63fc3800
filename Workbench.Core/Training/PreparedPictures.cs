using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using TorchSharp;
using Workbench.Core.Datasets;
using Workbench.Core.Preparations;
using static TorchSharp.torch;

namespace Workbench.Core.Training;

/// <summary>
/// The pictures of a dataset as a network takes them, prepared once and kept in a file, which is mapped: what is held in memory of it is the
/// system's to decide. Safe for use by several threads.
/// </summary>
internal sealed class PreparedPictures : IDisposable
{
    private readonly Dataset _dataset;
    private readonly Preparation _preparation;
    private readonly MemoryMappedFile? _file;
    private readonly MemoryMappedViewAccessor? _view;

    /// <summary>Takes pictures that are prepared already as they are.</summary>
    private PreparedPictures(Dataset dataset, Preparation preparation) => (_dataset, _preparation) = (dataset, preparation);

    private PreparedPictures(Dataset dataset, Preparation preparation, string path)
        : this(dataset, preparation)
    {
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        _view = _file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
    }

    /// <summary>Prepares what is not prepared yet, with all cores.</summary>
    /// <param name="folder">Where files are kept; created when missing.</param>
    /// <param name="dataset">The pictures.</param>
    /// <param name="preparation">What is made of them.</param>
    /// <param name="progress">Told the share done, 0…1.</param>
    /// <param name="ct">Looked at before every picture.</param>
    public static PreparedPictures Open(string folder, Dataset dataset, Preparation preparation, IProgress<double>? progress, CancellationToken ct)
    {
        if (dataset.PreparedAs == preparation.Settings.Name)
        {
            return new(dataset, preparation);
        }
        var path = Path.Combine(folder, Key(dataset, preparation));
        if (!File.Exists(path))
        {
            Directory.CreateDirectory(folder);
            var unfinished = $"{path}.{Guid.NewGuid():n}.tmp";
            try
            {
                Write(unfinished, dataset, preparation, progress, ct);
                File.Move(unfinished, path, overwrite: true);
            }
            finally
            {
                File.Delete(unfinished);
            }
        }
        return new(dataset, preparation, path);
    }

    /// <summary>What tells the pictures of a dataset, prepared, from all others: the name of their file.</summary>
    public static string Key(Dataset dataset, Preparation preparation)
    {
        var numbers = preparation.Settings.Numbers.OrderBy(number => number.Key, StringComparer.Ordinal).Select(number => FormattableString.Invariant($"{number.Key}={number.Value:R}"));
        var settings = SHA256.HashData(Encoding.UTF8.GetBytes($"{preparation.Settings.Name} {string.Join(' ', numbers)}"));
        return DerivedFiles.PicturesFile(Convert.ToHexStringLower(settings.AsSpan(0, 8)), dataset.Fingerprint);
    }

    /// <summary>A tensor of some of the pictures: pictures × channels × height × width.</summary>
    /// <param name="indices">Which of them, 64-bit integers.</param>
    public Tensor Gather(Tensor indices)
    {
        var (channels, height, width) = _preparation.Shape;
        var pictures = empty(indices.shape[0], channels, height, width);
        var rest = MemoryMarshal.Cast<byte, float>(pictures.bytes);
        foreach (var index in indices.data<long>())
        {
            Read((int)index, rest[.._preparation.Size]);
            rest = rest[_preparation.Size..];
        }
        return pictures;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _view?.Dispose();
        _file?.Dispose();
    }

    private void Read(int index, Span<float> to)
    {
        if (_view is null)
        {
            _preparation.Prepare(_dataset, index, to);
            return;
        }
        _view.SafeMemoryMappedViewHandle.ReadSpan((ulong)index * (ulong)_preparation.Size * sizeof(float), to);
    }

    private static void Write(string path, Dataset dataset, Preparation preparation, IProgress<double>? progress, CancellationToken ct)
    {
        using var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, preallocationSize: (long)dataset.Count * preparation.Size * sizeof(float));
        var done = 0;
        Parallel.For(0, dataset.Count, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = ct }, index =>
        {
            var picture = new float[preparation.Size];
            preparation.Prepare(dataset, index, picture);
            RandomAccess.Write(file, MemoryMarshal.AsBytes(picture.AsSpan()), (long)index * preparation.Size * sizeof(float));
            progress?.Report((double)Interlocked.Increment(ref done) / dataset.Count);
        });
    }
}

/// <summary>The prepared pictures that trainings of this process share.</summary>
/// <param name="folder">Where files are kept.</param>
public sealed class PictureCache(string folder) : IDisposable
{
    // Those that no training uses are closed: of a dataset that is removed the file takes space until then.
    private readonly Dictionary<string, WeakReference<PreparedPictures>> _opened = [];
    private readonly Lock _gate = new();

    /// <summary>The pictures of a dataset, prepared; a caller that asks while another has them prepared waits for it.</summary>
    internal PreparedPictures Get(Dataset dataset, Preparation preparation, IProgress<double>? progress, CancellationToken ct)
    {
        var key = PreparedPictures.Key(dataset, preparation);
        lock (_gate)
        {
            if (_opened.TryGetValue(key, out var known) && known.TryGetTarget(out var open))
            {
                return open;
            }
            var opened = PreparedPictures.Open(folder, dataset, preparation, progress, ct);
            _opened[key] = new(opened);
            return opened;
        }
    }

    /// <summary>Closes the files. No training may be under way.</summary>
    public void Dispose()
    {
        foreach (var known in _opened.Values)
        {
            if (known.TryGetTarget(out var pictures))
            {
                pictures.Dispose();
            }
        }
        _opened.Clear();
    }
}
