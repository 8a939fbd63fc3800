using System.Globalization;
using Workbench.Core.Platform;

namespace Workbench.Tests.Platform;

public sealed class MachineTests
{
    [Fact]
    public void A_worker_is_named_by_host_and_process() => Assert.Equal(
        string.Create(CultureInfo.InvariantCulture, $"{Environment.MachineName}:{Environment.ProcessId}"), Machine.WorkerName);

    [Fact]
    public void Memory_and_cores_are_this_process_own()
    {
        Assert.InRange(Machine.Cores, 1, 4096);
        Assert.InRange(Machine.ProcessMemory, 10_000_000, 1_000_000_000_000);
    }

    [Fact]
    public void Load_is_a_share_of_all_cores_and_tells_work_from_rest()
    {
        var meter = new CpuMeter();
        var before = Machine.ProcessCpuTime;
        while (Machine.ProcessCpuTime - before < TimeSpan.FromMilliseconds(50))
            Thread.SpinWait(1000);
        Assert.InRange(meter.Read(), 0.0001, 1);
    }
}
