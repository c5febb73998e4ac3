# Harvests by HTTP::OAI: one line a record, of identifier, datestamp, "deleted" or "", and how many elements its description has.
#   perl harvest.pl BASE PREFIX [SET [FROM]]
# By `onRecord`: where it goes on by itself, `next` of version 4.12 gives the last part of a list alone.
use strict; use warnings; use HTTP::OAI;
my ($base, $prefix, $set, $from) = @ARGV;
my %asked = (metadataPrefix => $prefix);
$asked{set} = $set if $set;
$asked{from} = $from if $from;
$asked{onRecord} = sub {
    my $record = shift;
    my @said = $record->metadata ? $record->metadata->dom->findnodes('.//*') : ();
    print join("\t", $record->identifier, $record->datestamp, $record->status // '', scalar @said), "\n";
};
my $answer = HTTP::OAI::Harvester->new(baseURL => $base)->ListRecords(%asked);
die $answer->message . "\n" if $answer->is_error;
