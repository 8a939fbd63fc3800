using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Components;
using Workbench.Components.Parts;
using Workbench.Core.Artifacts;
using Workbench.Core.Datasets;
using Workbench.Core.Models;
using Workbench.Core.Pictures;
using Workbench.Core.Preparations;
using Workbench.Core.Registry;
using Workbench.Core.Serving;
using Workbench.Core.Tracking;
using Workbench.Security;

namespace Workbench.Components.Predict;

/// <summary>Asks a model what a picture shows.</summary>
public sealed partial class PredictPage : LiveComponent
{
    private IReadOnlyList<RegisteredModel> _models = [];
    private string _choice = "";
    private ModelManifest? _manifest;
    private byte[]? _file;
    private Answer? _answer;
    private string? _fault;
    private bool _loaded;

    [Inject]
    private ModelRegistry Registry { get; set; } = default!;

    [Inject]
    private ImagePreparer Preparer { get; set; } = default!;

    [Inject]
    private Predictor Predictor { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    [CascadingParameter]
    private Grant? Who { get; set; }

    private List<(string Model, int Version)> Served =>
        [.. _models.SelectMany(m => m.Versions.Where(v => v.IsServable).OrderByDescending(v => v.Version).Select(v => (m.Name, v.Version)))];

    private (string Model, int Version)? Default { get; set; }

    private (string? Model, int? Version) Chosen =>
        _choice.Split('/', 2) is [var version, var model] ? (model, int.Parse(version, CultureInfo.InvariantCulture)) : (null, null);

    // A model that takes strokes on a plain ground is drawn for.
    private bool CanDraw => _manifest is null || _manifest.Input.Preparation.Name == MnistFrame.Preparation;

    private string Curl
    {
        get
        {
            var signIn = Who?.Session is null ? "" : "-H \"Authorization: Bearer TOKEN\" ";
            var query = Chosen is ({ } model, { } version) ? $"?model={Uri.EscapeDataString(model)}&version={version}" : "";
            var address = $"{Navigation.BaseUri}predict{query}";
            return $"curl {signIn}-F \"file=@{(CanDraw ? "digit.png" : "picture.jpg")}\" {(query.Length > 0 ? $"\"{address}\"" : address)}";
        }
    }

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        Listen(change => change.Kind == ChangeKind.Model, _ => ReadAsync());
        await ReadAsync();
        _loaded = true;
    }

    private async Task ReadAsync()
    {
        _models = await Registry.ListAsync(Closed);
        Default = await Predictor.DefaultAsync(Closed);
        ReadManifest();
    }

    private Task ChooseAsync()
    {
        ReadManifest();
        return AgainAsync();
    }

    private void ReadManifest()
    {
        var (name, number) = Chosen is ({ } model, { } version) ? (model, version) : Default ?? ("", 0);
        var json = _models.FirstOrDefault(m => m.Name == name)?.Versions.FirstOrDefault(v => v.Version == number)?.Manifest;
        _manifest = json is null ? null : ModelManifest.Read(json);
    }

    private Task PredictAsync(byte[] file)
    {
        _file = file;
        return AgainAsync();
    }

    private async Task AgainAsync()
    {
        if (_file is null)
        {
            return;
        }
        _fault = null;
        try
        {
            var start = Stopwatch.GetTimestamp();
            var served = await Predictor.FindAsync(Chosen.Model, Chosen.Version, Closed);
            var image = await Preparer.PrepareAsync(new MemoryStream(_file), served.Preparation, Closed);
            var prediction = await served.PredictAsync(image, Closed);
            _answer = new Answer(Seen(image, served.Preparation), prediction, Stopwatch.GetElapsedTime(start));
        }
        catch (Exception exception) when (exception is ImageException or PicturesBusyException or NoModelException or NotFoundException or ArtifactStoreException)
        {
            Refuse(exception.Message);
        }
        catch (Exception exception) when (DatabaseOutage.Explain(exception) is { } outage)
        {
            Refuse($"{outage} Try again in a moment.");
        }
    }

    private void Refuse(string fault) => _fault = fault;

    private static string Milliseconds(TimeSpan time) => time.TotalMilliseconds.ToString(time.TotalMilliseconds < 10 ? "0.0 ms" : "0 ms", CultureInfo.InvariantCulture);

    // What is drawn from 0 to 1 in small can be looked at.
    private static byte[]? Seen(float[] image, Preparation preparation) =>
        preparation.Shape.Channels == 1 && preparation.Shape.Width % 4 == 0 ? Array.ConvertAll(image, value => (byte)Math.Round(255 * value)) : null;

    private sealed record Answer(byte[]? Image, Prediction Prediction, TimeSpan Took);
}
