using Microsoft.Extensions.Options;
using SkiaSharp;
using Workbench.Core.Pictures;
using Workbench.Core.Preparations;
using Workbench.Core.Serving;

namespace Workbench.Tests.Serving;

public sealed class ImagePreparerTests
{
    private const int Strip = 36 << 20;

    private static readonly DigitPreparation Digits = new();

    // 6320×6320 pixels of one bit in some kilobytes: 160 MB in colour, 40 MB in grey.
    private static readonly Lazy<byte[]> Huge = new(() =>
    {
        using var picture = new SKBitmap(new SKImageInfo(6320, 6320, SKColorType.Gray8, SKAlphaType.Opaque));
        using var canvas = new SKCanvas(picture);
        canvas.Clear(SKColors.White);
        canvas.DrawRect(3000, 1000, 400, 4000, new SKPaint { Color = SKColors.Black });
        return picture.Png();
    });

    [Fact]
    public void A_small_file_of_many_pixels_takes_no_more_than_a_strip_of_them()
    {
        using var picture = new DigitPreparation().Open(new MemoryStream(Huge.Value));

        Assert.InRange(picture.Memory, 1, Strip + Huge.Value.Length);
        Assert.Equal(192, picture.DecodeGrey(192).Grey.Height);
    }

    [Fact]
    public async Task What_does_not_fit_waits_and_is_refused_and_what_fits_passes_it()
    {
        // Room for one: 40 MiB, of which a strip takes 36.
        using var preparer = new ImagePreparer(Options.Create(new PictureOptions { Memory = 40, Wait = TimeSpan.FromMilliseconds(200) }));
        using var entered = new ManualResetEventSlim();
        using var leave = new ManualResetEventSlim();
        var first = Task.Run(() => preparer.PrepareAsync(new HeldStream(Huge.Value, entered, leave), Digits).AsTask());
        entered.Wait();

        await Assert.ThrowsAsync<PicturesBusyException>(() => preparer.PrepareAsync(new MemoryStream(Huge.Value), Digits).AsTask());
        using var digit = Pictures.Of(DigitReader.Unseen(1).First().Image);
        Assert.Equal(784, (await preparer.PrepareAsync(new MemoryStream(digit.Png()), Digits)).Length);

        leave.Set();
        var expected = await first;
        Assert.Equal(expected, await preparer.PrepareAsync(new MemoryStream(Huge.Value), Digits));
    }

    [Fact]
    public async Task A_picture_that_takes_more_than_is_set_aside_for_all_is_refused_at_once()
    {
        using var preparer = new ImagePreparer(Options.Create(new PictureOptions { Memory = 16 }));

        var refused = await Assert.ThrowsAsync<ImageException>(() => preparer.PrepareAsync(new MemoryStream(Huge.Value), Digits).AsTask());

        Assert.Equal(ImageFault.TooManyPixels, refused.Fault);
    }

    [Fact]
    public async Task A_request_that_is_given_up_waits_no_longer()
    {
        using var preparer = new ImagePreparer(Options.Create(new PictureOptions { Memory = 40, Wait = TimeSpan.FromHours(1) }));
        using var entered = new ManualResetEventSlim();
        using var leave = new ManualResetEventSlim();
        var first = Task.Run(() => preparer.PrepareAsync(new HeldStream(Huge.Value, entered, leave), Digits).AsTask());
        entered.Wait();
        using var patience = new CancellationTokenSource();
        var second = preparer.PrepareAsync(new MemoryStream(Huge.Value), Digits, patience.Token).AsTask();

        await patience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        leave.Set();
        await first;
    }

    /// <summary>A file whose last bytes come when told: its picture is being decoded until then.</summary>
    private sealed class HeldStream(byte[] file, ManualResetEventSlim entered, ManualResetEventSlim leave) : MemoryStream(file)
    {
        public override int Read(byte[] buffer, int offset, int count)
        {
            if (Position + count > Length - 100)
            {
                entered.Set();
                leave.Wait();
            }
            return base.Read(buffer, offset, count);
        }
    }
}
