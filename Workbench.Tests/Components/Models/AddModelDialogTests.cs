using Bunit;
using Workbench.Components.Models;

namespace Workbench.Tests.Components.Models;

public sealed class AddModelDialogTests : PageTests
{
    [SkippableFact]
    public async Task The_address_opens_the_dialog_and_what_was_added_leads_to_its_page()
    {
        var dialog = await OpenAsync();

        await dialog.InvokeAsync(() => dialog.Instance.Added("lamp shade", 2));

        Dialogs.WaitForAssertion(() => Assert.Equal("models/lamp%20shade?version=2", Address));
        Assert.Empty(Dialogs.FindAll("#add-model"));
    }

    [SkippableFact]
    public async Task A_refusal_is_told_beside_its_field_and_what_has_none_above_them()
    {
        var dialog = await OpenAsync();

        await dialog.InvokeAsync(() => Dialogs.Find("#add-model").SubmitAsync());
        Assert.Equal("Choose the ONNX file of the model.", Dialogs.Find("#model-file-hint.fault").TextContent);
        await dialog.InvokeAsync(() => dialog.Instance.Picked("lamp.onnx", 2048));
        Assert.Equal("lamp.onnx, 2.0 kB", Dialogs.Find(".chosen").TextContent);
        await dialog.InvokeAsync(() => Dialogs.Find("#add-model").SubmitAsync());
        Assert.Equal("Sending…", Dialogs.Find(".told").TextContent);
        await dialog.InvokeAsync(() => dialog.Instance.Sent());
        Assert.Equal("Trying the model…", Dialogs.Find("[role=status] p").TextContent);

        await dialog.InvokeAsync(() => dialog.Instance.Refused("labels", "There are 3 labels, and the model tells 2 classes apart."));
        Assert.Equal("There are 3 labels, and the model tells 2 classes apart.", Dialogs.Find("#model-labels-hint.fault").TextContent);
        Assert.False(Dialogs.Find("button[type=submit]").HasAttribute("disabled"));
        await dialog.InvokeAsync(() => dialog.Instance.Refused("", "The connection broke off."));
        Assert.Equal("The connection broke off.", Dialogs.Find("[role=alert]").TextContent);
        Assert.Empty(Dialogs.FindAll("#model-labels-hint.fault"));
    }

    [SkippableFact]
    public async Task How_pixels_go_in_is_chosen_or_given_in_numbers()
    {
        var dialog = await OpenAsync();

        await dialog.InvokeAsync(() => Dialogs.Find("#model-scale").ChangeAsync("ImageNet's mean and deviation"));
        Assert.Equal(["1", "0.485, 0.456, 0.406", "0.229, 0.224, 0.225"], Dialogs.FindAll("#add-model input[type=hidden]").Select(input => input.GetAttribute("value")));
        await dialog.InvokeAsync(() => Dialogs.Find("#model-scale").ChangeAsync("otherwise…"));
        await dialog.InvokeAsync(() => dialog.Instance.Refused("mean", "mean: 'x' is no number."));

        Assert.Equal("mean: 'x' is no number.", Dialogs.Find("#model-mean-hint.fault").TextContent);
    }

    private async Task<IRenderedComponent<AddModelDialog>> OpenAsync()
    {
        this.OpenPage<ModelsPage>("models?add");
        await Dialogs.WaitForAssertionAsync(() => Dialogs.Find("#add-model"), Limit);
        return Dialogs.FindComponent<AddModelDialog>();
    }
}
