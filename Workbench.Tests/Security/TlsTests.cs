using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Workbench.Commands;
using Workbench.Core.Tracking;

namespace Workbench.Tests.Security;

/// <summary>TLS by Kestrel's own settings.</summary>
public sealed class TlsTests : IDisposable
{
    private const string Password = "of this test alone";

    private readonly TemporaryFolder _folder = new();

    public TlsTests() => TestCertificate.Write(_folder.Path, Password);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("workbench.crt", "workbench.key", null)]
    [InlineData("workbench.pfx", null, Password)]
    public async Task With_a_certificate_host_and_port_speak_it_beside_further_endpoints(string certificate, string? key, string? password)
    {
        var workbench = new LockedWorkbench { Settings = { ("Workbench:Port", "0"), ("Kestrel:Endpoints:Inside:Url", "http://127.0.0.1:0") } };
        workbench.Settings.AddRange(Settings(certificate, key, password));
        await workbench.InitializeAsync();
        using var person = workbench.Caller(workbench.Abroad);

        var entered = await person.PostAsync("/login", new FormUrlEncodedContent([new("token", workbench.FirstToken.Secret)]));

        Assert.Equal("https", workbench.Home.Scheme);
        Assert.All(entered.Headers.GetValues("Set-Cookie"), cookie => Assert.Contains("; secure;", cookie));
        Assert.Equal(HttpStatusCode.OK, (await person.GetAsync("/api/studies")).StatusCode);
        using var inside = workbench.Caller(new Uri(Assert.Single(workbench.Urls, url => url.StartsWith("http://127.0.0.1:", StringComparison.Ordinal))));
        Assert.Equal(HttpStatusCode.OK, (await inside.GetAsync("/api/studies")).StatusCode);
        await workbench.DisposeAsync();
    }

    [Theory]
    [InlineData("absent.crt", "workbench.key", null)]
    [InlineData("workbench.crt", "absent.key", null)]
    [InlineData("workbench.crt", "other.key", null)]
    [InlineData("workbench.crt", "workbench.crt", null)]
    [InlineData("workbench.key", "workbench.key", null)]
    [InlineData("workbench.crt", null, null)]
    [InlineData("workbench.pfx", null, "wrong")]
    [InlineData("workbench.pfx", null, null)]
    [InlineData("absent.pfx", null, Password)]
    public async Task One_that_cannot_be_used_is_told_in_a_sentence_that_names_it(string certificate, string? key, string? password)
    {
        var other = Directory.CreateDirectory(_folder["other"]).FullName;
        TestCertificate.Write(other);
        File.Move(Path.Combine(other, "workbench.key"), _folder["other.key"]);

        var told = await FailToStartAsync([.. Settings(certificate, key, password)]);

        Assert.IsType<FieldException>(told);
        Assert.Contains(_folder[certificate], told.Message);
        Assert.DoesNotContain('\n', told.Message);
        Assert.DoesNotContain(Password, told.Message);
    }

    [Theory]
    [InlineData("https://127.0.0.1:0")]
    [InlineData("nonsense")]
    [InlineData("ftp://127.0.0.1:0")]
    public async Task So_are_endpoints_that_cannot_be_listened_on(string url) =>
        Assert.IsType<FieldException>(await FailToStartAsync([("Kestrel:Endpoints:Inside:Url", url)]));

    private List<(string Name, string Value)> Settings(string certificate, string? key, string? password)
    {
        List<(string, string)> settings = [("Kestrel:Certificates:Default:Path", _folder[certificate])];
        if (key is not null)
        {
            settings.Add(("Kestrel:Certificates:Default:KeyPath", _folder[key]));
        }
        if (password is not null)
        {
            settings.Add(("Kestrel:Certificates:Default:Password", password));
        }
        return settings;
    }

    private static async Task<Exception> FailToStartAsync((string Name, string Value)[] settings)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(settings.ToDictionary(setting => setting.Name, setting => (string?)setting.Value));
        builder.ListenOn(new ListenAddress(["http://127.0.0.1:0"], IsLoopback: true));
        await using var app = builder.Build();
        return Endpoints.Describe((await Record.ExceptionAsync(() => app.StartAsync()))!, new ListenOptions(), builder.Configuration);
    }
}
