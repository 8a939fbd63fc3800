using System.Text;

namespace Workbench.Core.Commands;

/// <summary>What a program has printed: all of it up to a limit in a file, and its end in memory.</summary>
public sealed class OutputLog : IDisposable
{
    /// <summary>The most bytes of the file.</summary>
    public const long MostBytes = 10 << 20;

    /// <summary>The most characters of the tail.</summary>
    public const int MostTail = 16_000;

    private readonly StreamWriter _file;
    private readonly StringBuilder _tail = new();
    private bool _full;
    private long _left;

    /// <summary>Begins anew.</summary>
    /// <param name="path">The file.</param>
    public OutputLog(string path) => (Path, _file) = (path, new StreamWriter(path, append: false, new UTF8Encoding(false)));

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>How many bytes were printed, also those that are not kept.</summary>
    public long Bytes { get; private set; }

    /// <summary>The last line of the standard error that says something; null when there is none.</summary>
    public string? LastError { get; private set; }

    /// <summary>Adds a line.</summary>
    public void Add(string line, bool isError)
    {
        var bytes = Encoding.UTF8.GetByteCount(line) + 1;
        _full |= Bytes + bytes > MostBytes;
        if (!_full)
        {
            _file.Write(line);
            _file.Write('\n');
        }
        else
        {
            _left += bytes;
        }
        Bytes += bytes;
        _tail.Append(line).Append('\n');
        if (_tail.Length > 2 * MostTail)
        {
            CutTail();
        }
        if (isError && !string.IsNullOrWhiteSpace(line))
        {
            LastError = line.Trim();
        }
    }

    /// <summary>Ends the file; of what it has no room for, it gets the end.</summary>
    public void Dispose()
    {
        CutTail();
        if (_left > 0)
        {
            _file.Write(FormattableString.Invariant($"\n[{_left:N0} bytes are not kept. The end:]\n\n"));
            _file.Write(_tail);
            _left = 0;
        }
        _file.Dispose();
    }

    /// <summary>The last lines.</summary>
    public string ReadTail()
    {
        CutTail();
        return _tail.ToString();
    }

    private void CutTail()
    {
        if (_tail.Length <= MostTail)
        {
            return;
        }
        var from = _tail.Length - MostTail;
        while (from < _tail.Length && _tail[from - 1] != '\n')
        {
            from++;
        }
        // One line that is longer than the tail.
        _tail.Remove(0, from == _tail.Length ? _tail.Length - MostTail : from);
    }
}
