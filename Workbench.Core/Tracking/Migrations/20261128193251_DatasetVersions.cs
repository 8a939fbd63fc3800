using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Workbench.Core.Tracking.Migrations
{
    /// <inheritdoc />
    public partial class DatasetVersions : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "dataset_fingerprint",
                table: "studies",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "dataset_version",
                table: "studies",
                type: "integer",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "encoder",
                table: "studies",
                type: "text",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "dataset_fingerprint",
                table: "studies");

            migrationBuilder.DropColumn(
                name: "dataset_version",
                table: "studies");

            migrationBuilder.DropColumn(
                name: "encoder",
                table: "studies");
        }
    }
}
