using System.Diagnostics;

namespace Workbench.Core.Platform;

/// <summary>Facts about this machine and this process.</summary>
public static class Machine
{
    /// <summary>The machine's host name.</summary>
    public static string Name => Environment.MachineName;

    /// <summary>Logical processors this process may use; limits of a container are heeded.</summary>
    public static int Cores => Environment.ProcessorCount;

    /// <summary>Tells this process from all others that work on the same database: <c>host:pid</c>.</summary>
    public static string WorkerName { get; } = $"{Environment.MachineName}:{Environment.ProcessId}";

    /// <summary>Memory of this process that is in RAM now, in bytes; libtorch's included.</summary>
    public static long ProcessMemory => Environment.WorkingSet;

    /// <summary>Processor time of all threads of this process since it started.</summary>
    public static TimeSpan ProcessCpuTime => Environment.CpuUsage.TotalTime;
}

/// <summary>Processor load of this process between one reading and the next.</summary>
public sealed class CpuMeter
{
    readonly Lock _lock = new();
    long _readAt = Stopwatch.GetTimestamp();
    TimeSpan _cpuThen = Machine.ProcessCpuTime;

    /// <summary>The share of all cores, 0…1, that this process used since the last reading (at first: since this meter was made).</summary>
    public double Read()
    {
        lock (_lock)
        {
            var (now, cpu) = (Stopwatch.GetTimestamp(), Machine.ProcessCpuTime);
            var elapsed = Stopwatch.GetElapsedTime(_readAt, now);
            var load = elapsed > TimeSpan.Zero ? (cpu - _cpuThen) / elapsed / Machine.Cores : 0;
            (_readAt, _cpuThen) = (now, cpu);
            return Math.Clamp(load, 0, 1);
        }
    }
}
