using System.ComponentModel.DataAnnotations;
using Workbench.Core.Configuration;

namespace Workbench;

/// <summary>Where the web application listens.</summary>
internal sealed class ListenOptions
{
    /// <summary>The address.</summary>
    [Setting("Workbench:Host", Option = "--host")]
    public string Host { get; set; } = "127.0.0.1";

    /// <summary>The port; 0 for a free one.</summary>
    [Setting("Workbench:Port", Option = "--port"), Range(0, 65535)]
    public int Port { get; set; } = 8000;

    /// <summary>Both.</summary>
    public void Deconstruct(out string host, out int port) => (host, port) = (Host, Port);
}
