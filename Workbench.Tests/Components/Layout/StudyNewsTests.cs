using Bunit;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using Workbench.Components.Layout;

namespace Workbench.Tests.Components.Layout;

public sealed class StudyNewsTests : ShellContext
{
    [SkippableFact]
    public async Task The_end_of_a_study_is_told_in_the_window_to_the_browser_and_by_the_bell()
    {
        var study = await Store.StudyAsync(trials: 1, name: "short one");
        var news = Render<StudyNews>();
        news.WaitForAssertion(() => Assert.Single(Catalog.Studies), Limit);

        RunTrial(study);

        news.WaitForAssertion(() => Assert.Equal("studies/short%20one", news.Find("li a").GetAttribute("href")), Limit);
        Assert.NotNull(news.Find("news-mark").GetAttribute("latest"));
        news.WaitForAssertion(() => Assert.Equal(
            ["short one has completed", "Best val_accuracy 0.9000, trial 0.", "studies/short%20one"],
            JSInterop.Invocations["workbenchNotify"].Single().Arguments.Take(3)), Limit);
        Assert.Contains("short one has completed", Services.GetRequiredService<ISnackbar>().ShownSnackbars.Single().Message, StringComparison.Ordinal);
    }
}
