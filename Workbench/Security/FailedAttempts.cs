using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;

namespace Workbench.Security;

/// <summary>Counts wrong tokens by the address they come from: after ten in a row, one more each six seconds is looked at.</summary>
internal sealed class FailedAttempts : IDisposable
{
    private const int Burst = 10;
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(6);

    // Made by the first failure: it has a timer, and most workbenches never see one.
    private readonly Lazy<PartitionedRateLimiter<IPAddress>> _limiter = new(() => PartitionedRateLimiter.Create<IPAddress, ushort>(
        address => RateLimitPartition.GetTokenBucketLimiter(Place(address), _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = Burst,
            TokensPerPeriod = 1,
            ReplenishmentPeriod = Period,
            QueueLimit = 0,
        })));

    /// <summary>How long an address has to wait before another guess is looked at; null when it need not.</summary>
    public TimeSpan? Wait(IPAddress? address) => _limiter.IsValueCreated ? Acquire(address, 0) : null;

    /// <summary>Counts a wrong token.</summary>
    /// <returns>As <see cref="Wait"/>.</returns>
    public TimeSpan? Add(IPAddress? address) => Acquire(address, 1);

    public void Dispose()
    {
        if (_limiter.IsValueCreated)
        {
            _limiter.Value.Dispose();
        }
    }

    private TimeSpan? Acquire(IPAddress? address, int permits)
    {
        using var lease = _limiter.Value.AttemptAcquire(address ?? IPAddress.None, permits);
        return lease.IsAcquired ? null : lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : Period;
    }

    // As many places as a ushort has values, however many addresses attack: that bounds the memory. Of IPv6 the network counts, since one machine has all of it.
    private static ushort Place(IPAddress address)
    {
        var bytes = address.IsIPv4MappedToIPv6 ? address.MapToIPv4().GetAddressBytes() : address.GetAddressBytes();
        var hash = default(HashCode);
        hash.AddBytes(address.AddressFamily == AddressFamily.InterNetworkV6 && bytes.Length == 16 ? bytes.AsSpan(0, 8) : bytes);
        return (ushort)hash.ToHashCode();
    }
}

/// <summary>Too many wrong tokens came from one address; this one was not looked at.</summary>
/// <param name="wait">When to try again.</param>
internal sealed class TooManyAttemptsException(TimeSpan wait) : Exception($"Too many wrong tokens came from your address. Try again in {Whole(wait)} s.")
{
    /// <summary>When to try again, in whole seconds, as the header Retry-After has it.</summary>
    public string Seconds { get; } = Whole(wait);

    private static string Whole(TimeSpan wait) => Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
}
