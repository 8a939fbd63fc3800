using System.ComponentModel.DataAnnotations;
using Workbench.Core.Configuration;

namespace Workbench.Telemetry;

/// <summary>Where traces and metrics are sent. The exporter itself reads the other variables of OpenTelemetry, such as
/// <c>OTEL_EXPORTER_OTLP_PROTOCOL</c> and <c>OTEL_EXPORTER_OTLP_HEADERS</c>.</summary>
internal sealed class TelemetryOptions
{
    /// <summary>A collector that speaks OTLP; null to send nothing.</summary>
    [Setting(Key)]
    [RegularExpression("https?://[^/].*", ErrorMessage = "the address of an OTLP collector, as in http://127.0.0.1:4317")]
    public string? Endpoint { get; set; }

    /// <summary>The setting.</summary>
    public const string Key = "OTEL_EXPORTER_OTLP_ENDPOINT";
}
