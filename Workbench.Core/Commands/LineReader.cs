using System.Text;

namespace Workbench.Core.Commands;

/// <summary>Reads what a program prints, line by line. A carriage return, as of a progress bar, ends a line, too.</summary>
internal static class LineReader
{
    /// <summary>The most characters of a line; a longer one is handed on in parts.</summary>
    public const int MostCharacters = 20_000;

    /// <summary>Hands on every line, without its end, until the stream ends.</summary>
    public static async Task ReadAsync(Stream stream, Func<string, ValueTask> take)
    {
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var buffer = new char[8192];
        var line = new StringBuilder();
        while (await reader.ReadAsync(buffer) is > 0 and var count)
        {
            for (var i = 0; i < count; i++)
            {
                if (buffer[i] is '\n' or '\r')
                {
                    await EndAsync();
                }
                else
                {
                    line.Append(buffer[i] == '\0' ? '\uFFFD' : buffer[i]);
                    if (line.Length >= MostCharacters)
                    {
                        await EndAsync();
                    }
                }
            }
        }
        await EndAsync();

        async ValueTask EndAsync()
        {
            if (line.Length > 0)
            {
                await take(line.ToString());
                line.Clear();
            }
        }
    }
}
