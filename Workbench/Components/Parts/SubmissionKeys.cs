using System.Collections.Concurrent;
using System.Text.Json;
using Workbench.Core.Tracking;

namespace Workbench.Components.Parts;

/// <summary>
/// Keys under which what a person asks for is done once: a second click of a double click, or a try again after the answer got lost, is a
/// repetition; the same asked for later is not.
/// </summary>
public sealed class SubmissionKeys(IdempotentRequests requests, TimeProvider clock)
{
    private static readonly TimeSpan DoubleClick = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, (string Key, DateTimeOffset Until)> _keys = new();

    /// <summary>A key that nothing has had.</summary>
    public static string New() => Guid.NewGuid().ToString();

    /// <summary>Does what is asked for, unless it has just been done.</summary>
    /// <param name="request">What is asked for, as JSON can tell it.</param>
    /// <param name="act">Does it.</param>
    public async Task<T> OnceAsync<T>(object request, Func<Task<T>> act)
    {
        var name = JsonSerializer.Serialize(request);
        var now = clock.GetUtcNow();
        var (key, _) = _keys.AddOrUpdate(
            name, _ => (New(), DateTimeOffset.MaxValue), (_, last) => last.Until > now ? last : (New(), DateTimeOffset.MaxValue));
        var answer = await requests.OnceAsync(key, request, act);
        _keys[name] = (key, clock.GetUtcNow() + DoubleClick);
        return answer;
    }
}
