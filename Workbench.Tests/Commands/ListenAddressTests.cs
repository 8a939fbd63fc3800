using System.Net;
using Workbench.Commands;
using Workbench.Core.Tracking;

namespace Workbench.Tests.Commands;

public class ListenAddressTests
{
    [Theory]
    [InlineData("127.0.0.1", 8000, "http://127.0.0.1:8000", true)]
    [InlineData("localhost", 8000, "http://localhost:8000", true)]
    [InlineData("localhost", 0, "http://127.0.0.1:0", true)]
    [InlineData("::1", 8000, "http://[::1]:8000", true)]
    [InlineData("[::1]", 8000, "http://[::1]:8000", true)]
    [InlineData("0.0.0.0", 8000, "http://0.0.0.0:8000", false)]
    [InlineData("[::]", 8000, "http://[::]:8000", false)]
    [InlineData("*", 8000, "http://*:8000", false)]
    [InlineData("192.0.2.1", 8000, "http://192.0.2.1:8000", false)]
    public async Task It_listens_where_it_was_told_to(string host, int port, string url, bool isLoopback)
    {
        var address = await ListenAddress.ResolveAsync(host, port, default);

        Assert.Equal(url, Assert.Single(address.Urls));
        Assert.Equal(isLoopback, address.IsLoopback);
    }

    [Theory]
    [InlineData("127.0.0.1.")]
    [InlineData("127.1")]
    [InlineData("0")]
    [InlineData("0x7f.0.0.1")]
    [InlineData("localhos")]
    [InlineData("name.invalid")]
    [InlineData("+")]
    [InlineData("")]
    [InlineData("http://localhost")]
    [InlineData("a b")]
    public async Task What_is_no_address_is_refused_and_does_not_mean_all_addresses(string host)
    {
        var fault = await Assert.ThrowsAsync<FieldException>(() => ListenAddress.ResolveAsync(host, 8000, default));

        Assert.Contains($"--host '{host}'", fault.Message);
    }

    [Fact]
    public async Task A_name_of_this_machine_means_its_addresses()
    {
        var address = await ListenAddress.ResolveAsync(Dns.GetHostName(), 8000, default);

        Assert.NotEmpty(address.Urls);
        Assert.All(address.Urls, url => Assert.True(IPAddress.TryParse(new Uri(url).Host, out var number) && !number.Equals(IPAddress.Any)));
    }
}
