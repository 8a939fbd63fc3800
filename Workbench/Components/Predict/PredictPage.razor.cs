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

/// <summary>Asks a model what a picture shows, or several.</summary>
public sealed partial class PredictPage : LiveComponent
{
    // Of several files: so often the table is drawn at most, in milliseconds.
    private const int Redrawn = 150;

    // Of one of several files: others may take all the memory for pictures for a while, and it waits a second each time.
    private const int Patience = 60;

    private IReadOnlyList<RegisteredModel> _models = [];
    private string _choice = "";
    private ModelManifest? _manifest;
    private ImagePad? _pad;
    private Batch? _batch;
    private int _batches;
    private long _drawn;
    private byte[]? _file;
    private Example? _example;
    private IReadOnlyList<DatasetSummary> _datasets = [];
    private Answer? _answer;
    private string? _fault;
    private bool _loaded;

    [Inject]
    private ModelRegistry Registry { get; set; } = default!;

    [Inject]
    private DatasetCatalog Catalog { get; set; } = default!;

    [Inject]
    private DatasetBrowser Datasets { get; set; } = default!;

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

    // What the model was trained on, if that is still there.
    private TrainedOn? TrainedOn =>
        _manifest?.Dataset is { } dataset && _datasets.Any(known => known.Name == dataset.Name && known.Version >= dataset.Version) ? dataset : null;

    // A model that takes strokes on a plain ground is drawn for.
    private bool CanDraw => _manifest?.Input.Preparation.Name == MnistFrame.Preparation;

    private string Thing => Drawn(_manifest?.Classes ?? []);

    private string Curl
    {
        get
        {
            var signIn = Who?.Session is null ? "" : "-H \"Authorization: Bearer TOKEN\" ";
            var query = Chosen is ({ } model, { } version) ? $"?model={Uri.EscapeDataString(model)}&version={version}" : "";
            var address = $"{Navigation.BaseUri}predict{query}";
            return $"curl {signIn}-F \"file=@{(CanDraw ? $"{Thing}.png" : "picture.jpg")}\" {(query.Length > 0 ? $"\"{address}\"" : address)}";
        }
    }

    /// <summary>What a person draws for a model, in a word, by what its classes are called.</summary>
    internal static string Drawn(IReadOnlyList<string> classes) =>
        classes.All(name => name is [>= '0' and <= '9']) ? "digit"
        : classes.All(name => new StringInfo(name).LengthInTextElements == 1) ? "character"
        : "picture";

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        Listen(change => change.Kind is ChangeKind.Model or ChangeKind.Dataset, _ => ReadAsync());
        await ReadAsync();
        _loaded = true;
    }

    private async Task ReadAsync()
    {
        _models = await Registry.ListAsync(Closed);
        _datasets = await Catalog.ListAsync(Closed);
        Default = await Predictor.DefaultAsync(Closed);
        ReadManifest();
    }

    private Task ChooseAsync()
    {
        ReadManifest();
        return _batch is null ? AgainAsync() : _pad!.AgainAsync();
    }

    private void ReadManifest()
    {
        var (name, number) = Chosen is ({ } model, { } version) ? (model, version) : Default ?? ("", 0);
        var json = _models.FirstOrDefault(m => m.Name == name)?.Versions.FirstOrDefault(v => v.Version == number)?.Manifest;
        _manifest = json is null ? null : ModelManifest.Read(json);
    }

    private Task PredictAsync(byte[] file)
    {
        (_file, _batch, _example) = (file, null, null);
        return AgainAsync();
    }

    private async Task TryExampleAsync()
    {
        if (TrainedOn is not { } dataset)
        {
            return;
        }
        ExamplePicture? picture = null;
        _fault = await RefusedAsync(async () => picture = await Datasets.ExampleAsync(dataset.Name, dataset.Version, dataset.Fingerprint, Closed));
        if (picture is not null)
        {
            await _pad!.ShowAsync(picture.File);
            (_file, _batch, _example) = (picture.File, null, new Example(dataset, picture.Class, picture.Part));
            await AgainAsync();
        }
    }

    private async Task AgainAsync()
    {
        if (_file is not { } file)
        {
            return;
        }
        _fault = null;
        _fault = await RefusedAsync(async () =>
        {
            var start = Stopwatch.GetTimestamp();
            var served = await Predictor.FindAsync(Chosen.Model, Chosen.Version, Closed);
            var image = await Preparer.PrepareAsync(new MemoryStream(file), served.Preparation, Closed);
            var prediction = await served.PredictAsync(image, Closed);
            _answer = new Answer(Seen(image, served.Preparation), served.Preparation.Shape.Width, prediction, Stopwatch.GetElapsedTime(start));
        });
    }

    private async Task<int> BeginAsync(int count)
    {
        Clear();
        _fault = await RefusedAsync(async () => _batch = new Batch(++_batches, await Predictor.FindAsync(Chosen.Model, Chosen.Version, Closed), count));
        StateHasChanged();
        return _batch?.Number ?? 0;
    }

    private async Task<bool> AnswerAsync(SentFile file)
    {
        if (_batch is not { } batch || batch.Number != file.Batch)
        {
            return false;
        }
        Prediction? prediction = null;
        // Not here: a large photograph takes a while to decode, and the page would stand still.
        var fault = file.Content is { } content
            ? await RefusedAsync(async () => prediction = await Task.Run(() => PatientlyAsync(batch.Served, content), Closed))
            : file.Fault;
        batch.Add(new FileAnswer(file.Index, file.Name, file.Thumbnail, prediction, fault));
        if (batch == _batch && (batch.IsDone || Environment.TickCount64 - _drawn > Redrawn))
        {
            _drawn = Environment.TickCount64;
            StateHasChanged();
        }
        return batch == _batch;
    }

    private async Task<Prediction> PatientlyAsync(ServedModel served, byte[] file)
    {
        for (var left = Patience; ; left--)
        {
            try
            {
                return await Predictor.PredictAsync(served, new MemoryStream(file), Closed);
            }
            catch (PicturesBusyException) when (left > 0)
            {
                // Its turn comes.
            }
        }
    }

    private Task SaveAsync() => _batch is { } batch ? _pad!.SaveAsync($"{batch.Served.Model}-v{batch.Served.Version}.csv", batch.ToCsv()) : Task.CompletedTask;

    private void Clear() => (_file, _answer, _batch, _example, _fault) = (null, null, null, null, null);

    /// <summary>Tries to predict.</summary>
    /// <returns>Why that is not possible, as a sentence; null when it is.</returns>
    private static async Task<string?> RefusedAsync(Func<Task> predict)
    {
        try
        {
            await predict();
            return null;
        }
        catch (Exception exception) when (exception is ImageException or PicturesBusyException or NoModelException or NotFoundException or ArtifactStoreException or DatasetException)
        {
            return exception.Message;
        }
        catch (Exception exception) when (DatabaseOutage.Explain(exception) is { } outage)
        {
            return $"{outage} Try again in a moment.";
        }
    }

    private void Refuse(string fault) => _fault = fault;

    private static string Milliseconds(TimeSpan time) => time.TotalMilliseconds.ToString(time.TotalMilliseconds < 10 ? "0.0 ms" : "0 ms", CultureInfo.InvariantCulture);

    // What is drawn from 0 to 1 in small can be looked at.
    private static byte[]? Seen(float[] image, Preparation preparation) =>
        preparation.Shape.Channels == 1 && preparation.Shape.Width % 4 == 0 ? Array.ConvertAll(image, value => (byte)Math.Round(255 * value)) : null;

    /// <param name="Of">Where the picture is from.</param>
    /// <param name="Class">What it is.</param>
    /// <param name="Part">Its part of the dataset; null without parts.</param>
    private sealed record Example(TrainedOn Of, string Class, string? Part);

    private sealed record Answer(byte[]? Image, int Width, Prediction Prediction, TimeSpan Took);
}
