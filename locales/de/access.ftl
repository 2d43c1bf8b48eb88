letter-access-requested-name = Nachricht an Administratoren: Anfrage
letter-access-requested-subject = { $name } fragt nach { $resource }
letter-access-requested-text =
    { $name } bittet { $organisation } um Zugriff auf { $resource }.

    Melden Sie sich an, um die Anfrage zu sehen und wer darüber entscheidet.
letter-access-requested-button = Zum Administrationsbereich
letter-access-turn-name = Nachricht an Administratoren: Ihre Entscheidung
letter-access-turn-subject = { $name } wartet auf Ihre Entscheidung zu { $resource }
letter-access-turn-text = Der Genehmigungsablauf von { $name } für { $resource } bei { $organisation } ist bei der Administration angekommen. Melden Sie sich an, um zu entscheiden.
letter-access-turn-button = Zum Administrationsbereich
letter-access-lacking-name = Nachricht an Administratoren: Daten fehlen
letter-access-lacking-subject = Daten fehlen: { $name } und { $resource }
letter-access-lacking-text = Der Anfrage von { $name } nach { $resource } bei { $organisation } fehlen Daten: Wen ihr Genehmigungsablauf fragt, gibt es nicht, oder darf nicht entscheiden. Melden Sie sich an, um jemanden zuzuweisen oder selbst zu entscheiden.
letter-access-lacking-button = Zum Administrationsbereich
letter-access-broken-name = Nachricht an Administratoren: Fehler
letter-access-broken-subject = Fehler: { $name } und { $resource }
letter-access-broken-text = Bei der Anfrage von { $name } nach { $resource } bei { $organisation } ist ein Fehler aufgetreten: Die Bereitstellung ist gescheitert, oder etwas, das ihr Genehmigungsablauf nennt, gibt es nicht mehr. Melden Sie sich an, um zu sehen was, und um es noch einmal zu versuchen, zu gewähren, abzulehnen oder abzubrechen.
letter-access-broken-button = Zum Administrationsbereich
letter-access-waits-name = Bitte um Entscheidung
letter-access-waits-subject = { $name } wartet auf Ihre Entscheidung zu { $resource }
letter-access-waits-text = { $name } bittet bei { $organisation } um Zugriff auf { $resource }. Sie gehören zu denen, die entscheiden.
letter-access-waits-button = Anfrage öffnen
letter-access-reminder-name = Erinnerung
letter-access-reminder-subject = Es wartet noch: { $name } und { $resource }
letter-access-reminder-text = { $name } wartet bei { $organisation } weiter auf eine Entscheidung über den Zugriff auf { $resource }.
letter-access-reminder-button = Anfrage öffnen
letter-access-overridden-name = Nachricht an Entscheidende
letter-access-overridden-subject = Von der Administration entschieden: { $name } und { $resource }
letter-access-overridden-text = { $by } hat bei { $organisation } als Administrator über die Anfrage von { $name } nach { $resource } entschieden. Sie brauchen nichts mehr zu tun.
letter-access-overridden-button = Anfrage ansehen
letter-access-granted-name = Antwort: gewährt
letter-access-granted-subject = { $name } hat Zugriff auf { $resource }
letter-access-granted-text =
    Die Anfrage nach { $resource } bei { $organisation } wurde für { $name } gewährt.

    { $ends ->
        [yes] Der Zugriff endet am { $until }.
       *[no] Der Zugriff hat kein Enddatum.
    }
letter-access-granted-button = Zu den Anwendungen
letter-access-denied-name = Antwort: abgelehnt
letter-access-denied-subject = Die Anfrage nach { $resource } wurde abgelehnt
letter-access-denied-text =
    Die Anfrage von { $name } nach { $resource } bei { $organisation } wurde abgelehnt. Der Grund steht unten.

    { $more ->
        [yes] Nächste Schritte: { $steps }
       *[no] Sie können jederzeit erneut anfragen.
    }
letter-access-denied-button = Anfrage ansehen
letter-access-canceled-name = Antwort: abgebrochen
letter-access-canceled-subject = Die Anfrage nach { $resource } wurde abgebrochen
letter-access-canceled-text =
    Die Anfrage von { $name } nach { $resource } bei { $organisation } wurde abgebrochen, bevor jemand entschied: Ihr Genehmigungsablauf wurde gelöscht, oder die Administration hat sie beendet.

    Wird der Zugriff noch gebraucht, fragen Sie bitte erneut an.
letter-access-canceled-button = Erneut anfragen
letter-access-expired-name = Antwort: abgelaufen
letter-access-expired-subject = Die Anfrage nach { $resource } ist abgelaufen
letter-access-expired-text =
    Bei { $organisation } hat niemand rechtzeitig über die Anfrage von { $name } nach { $resource } entschieden, daher ist sie abgelaufen.

    Sie können jederzeit erneut anfragen.
letter-access-expired-button = Erneut anfragen
letter-access-question-name = Rückfrage
letter-access-question-subject = Eine Rückfrage zu Ihrer Anfrage nach { $resource }
letter-access-question-text = { $by } bei { $organisation } hat eine Rückfrage zu Ihrer Anfrage nach { $resource }. Sie steht unten.
letter-access-question-button = Antworten
letter-access-answer-name = Antwort auf eine Rückfrage
letter-access-answer-subject = { $by } hat zu { $resource } geantwortet
letter-access-answer-text = { $by } hat Ihre Rückfrage zur Anfrage nach { $resource } bei { $organisation } beantwortet.
letter-access-answer-button = Anfrage öffnen
letter-access-ends-name = Nachricht: Zugriff endet bald
letter-access-ends-subject = Ihr Zugriff auf { $resource } endet am { $until }
letter-access-ends-text =
    Ihr Zugriff auf { $resource } bei { $organisation } endet am { $until }.

    Wenn Sie ihn länger brauchen, verlängern Sie ihn.
letter-access-ends-button = Verlängern
letter-access-ended-name = Nachricht: Zugriff beendet
letter-access-ended-subject = Ihr Zugriff auf { $resource } ist beendet
letter-access-ended-text =
    Ihr Zugriff auf { $resource } bei { $organisation } ist beendet, weil seine Zeit um ist.

    Wenn Sie ihn weiter brauchen, fragen Sie erneut an.
letter-access-ended-button = Erneut anfragen
letter-access-revoked-name = Nachricht: Zugriff entzogen
letter-access-revoked-subject = Ihr Zugriff auf { $resource } wurde beendet
letter-access-revoked-text = { $by } hat Ihren Zugriff auf { $resource } bei { $organisation } beendet.
letter-access-revoked-button = Zum Katalog
letter-request-canceled-name = Antwort: abgebrochen
letter-request-canceled-subject = Ihre Anfrage an { $organisation } wurde abgebrochen
letter-request-canceled-text =
    Jemand aus der Administration von { $organisation } hat Ihre Anfrage abgebrochen. Der Grund steht unten.

    Sie können jederzeit erneut anfragen.
why-more-than-there-are = So viele Entscheidende gibt es nicht.
why-grant-is-over = Dieser Zugriff ist schon beendet.
why-not-in-error = Diese Anfrage ist nicht mehr im Status Fehler.
why-group-still-gone = Eine Gruppe, die der Ablauf fragt, fehlt weiterhin: Gewähren Sie die Anfrage, lehnen Sie sie ab, brechen Sie sie ab, oder lassen Sie sie der neuesten Version des Ablaufs folgen.
why-role-still-gone = Eine Rolle, die der Ablauf nennt, fehlt weiterhin: Gewähren Sie die Anfrage, lehnen Sie sie ab, brechen Sie sie ab, oder lassen Sie sie der neuesten Version des Ablaufs folgen.
why-hook-still-refuses = Der Hook verweigert die Bereitstellung weiterhin.
why-nobody-is-asked = Zurzeit wird niemand gefragt.
why-not-asked = Diese Anfrage wartet nicht mehr auf Sie.
why-has-it-already = Der Zugriff besteht schon und hat kein Enddatum.
why-not-their-manager = Sie können nur für Personen anfragen, deren Vorgesetzte oder Vorgesetzter Sie sind.
why-nobody-can-ask = Danach kann noch niemand fragen: Es hat keinen Genehmigungsablauf.
why-reminded-today = Sie haben innerhalb des letzten Tages schon erinnert. Versuchen Sie es morgen wieder.
why-ends-before-it-begins = Das Ende muss in der Zukunft und nach dem Beginn liegen.
why-own-delegate = Wählen Sie jemand anderen: Sie können sich nicht selbst vertreten.
why-may-not-vote = Dieses Mitglied darf nichts entscheiden. Wählen Sie jemanden, der das Portal nutzen darf.
why-resource-gone = Diese Ressource ist deaktiviert oder gelöscht und kann niemandem gegeben werden.
event-request-voted = Abgestimmt
event-request-missing-data = Daten fehlen
event-request-resumed = Fortgesetzt
event-request-error = Fehler
event-request-retried = Erneut versucht
event-request-moved = Auf die neueste Version des Ablaufs gebracht
event-request-changed = Grund geändert
event-request-reminded = Entscheidende erinnert
event-request-escalated = Eskaliert
event-request-questioned = Rückfrage gestellt
event-request-answered = Rückfrage beantwortet
event-request-provisioning = Bereitstellung begonnen
event-request-overridden = Ablauf übergangen
event-grant-made = Zugriff gewährt
event-grant-extended = Zugriff verlängert
event-grant-ended = Zugriff beendet
event-delegation-set = Vertretung benannt
event-delegation-ended = Vertretung beendet
event-resource-created = Ressource angelegt
event-resource-changed = Ressource geändert
event-resource-deleted = Ressource gelöscht
event-flow-created = Genehmigungsablauf angelegt
event-flow-changed = Genehmigungsablauf geändert
event-flow-deleted = Genehmigungsablauf gelöscht
status-missing_data = Fehlende Daten
status-error = Fehler
nav-portal = Portal
nav-applications = Anwendungen
nav-catalog = Katalog
nav-my-requests = Meine Anfragen
nav-approvals = Genehmigungen
nav-resources = Ressourcen
nav-flows = Genehmigungsabläufe
nobody = Niemand
label-name = Name
label-description = Beschreibung
label-icon = Symbol (ein Emoji oder Initialen)
label-link = Link (wo es benutzt wird)
label-owner = Verantwortlich
label-flow = Genehmigungsablauf
label-most-days = Längster Zugriff in Tagen (leer: unbegrenzt)
label-reason-required = Ein Grund ist nötig
label-audience = Wer fragen darf
label-resource = Ressource
label-approval = Genehmigungsart
audience-everyone = Alle, die das Portal nutzen dürfen
audience-some = Nur die unten gewählten Rollen und Gruppen
audience-who = Rollen und Gruppen, die fragen dürfen
resource-active = Aktiv
resource-disabled = Deaktiviert
resource-deleted = Gelöscht
resources-create = Neue Ressource
resources-back = Alle Ressourcen
resources-delete = Ressource löschen
resources-disable = Deaktivieren
resources-enable = Aktivieren
resources-holders = Wer sie hat
resources-nobody = Noch niemand hat sie.
resources-no-flow = Keiner: niemand kann fragen
resources-none = Noch keine Ressourcen
resources-none-text = Was hier steht, kann im Katalog angefragt werden. Legen Sie zuerst einen Genehmigungsablauf an, dann eine Ressource, die ihm folgt.
resources-delete-title = Diese Ressource löschen?
resources-delete-holders =
    { $n ->
        [one] Ein Mitglied hat sie und verliert sie.
       *[other] { $n } Mitglieder haben sie und verlieren sie.
    }
resources-delete-requests = Offene Anfragen danach enden im Status Fehler, wo die Administration sie ablehnt oder abbricht.
flows-create = Neuer Genehmigungsablauf
flows-back = Alle Genehmigungsabläufe
flows-delete = Ablauf löschen
flows-save = Als neue Version speichern
flows-save-text = Jedes Speichern ist eine neue Version. Offene Anfragen bleiben bei der Version, die bei ihrer Einreichung galt.
flows-none = Noch keine Genehmigungsabläufe
flows-none-text = Ein Ablauf sagt, wer Schritt für Schritt genehmigt. Ressourcen folgen einem.
flows-steps =
    { $n ->
        [one] Ein Schritt
       *[other] { $n } Schritte
    }
flows-steps-head = Schritte
flows-version = Version { $n }
flows-version-head = Version
flows-versions = Versionen
flows-resources =
    { $n ->
        [one] Eine Ressource
       *[other] { $n } Ressourcen
    }
flows-open =
    { $n ->
        [one] Eine offene Anfrage
       *[other] { $n } offene Anfragen
    }
flows-open-head = Offene Anfragen
flows-step = Schritt { $n }
flows-no-step = Diesen Schritt gibt es nicht
flows-nobody = Niemand
flows-approvers = Wer gefragt wird
flows-members = Die Mitglieder, eines je Zeile (nur wenn bestimmte Mitglieder gefragt werden)
flows-quorum = Wie viele zustimmen müssen
flows-number = Die Anzahl
flows-fallback = Wenn niemand da ist, fragen
flows-remind = Erinnern nach so vielen Tagen (leer: nie)
flows-escalate-days = Auch andere fragen nach so vielen Tagen (leer: nie)
flows-escalate-to = Die anderen
flows-delete-title = Diesen Genehmigungsablauf löschen?
flows-delete-open =
    { $n ->
        [0] Keine offene Anfrage folgt ihm.
        [one] Eine offene Anfrage wird abgebrochen, und wer fragte, erfährt es.
       *[other] { $n } offene Anfragen werden abgebrochen, und alle, die fragten, erfahren es.
    }
flows-delete-resources =
    { $n ->
        [0] Keine Ressource folgt ihm.
        [one] Eine Ressource kann nicht angefragt werden, bis sie einen anderen Ablauf hat.
       *[other] { $n } Ressourcen können nicht angefragt werden, bis sie einen anderen Ablauf haben.
    }
flows-delete-granted = Gewährter Zugriff bleibt bestehen.
approval-manual = Manuell: Die Schritte entscheiden
approval-domain = Automatisch für Adressen einer Domain
approval-role = Automatisch für die Rolle { $name }
approval-group = Automatisch für die Gruppe { $name }
approvers-administrators = Administratoren
approvers-manager = Vorgesetzte der anfragenden Person
approvers-owner = Verantwortliche der Ressource
approvers-group = Gruppe { $name }
approvers-group-gone = Eine gelöschte Gruppe
approvers-members = Bestimmte Mitglieder
quorum-any = eine Person genügt
quorum-all = alle
quorum-number = eine Anzahl von ihnen
quorum-of = beliebige { $n }
try-title = Ausprobieren
try-text = Wählen Sie ein Mitglied und eine Ressource und sehen Sie, wer jetzt gefragt würde. Es wird nichts verschickt.
try-person = Mitglied (Name oder E-Mail)
try-press = Zeigen, wer gefragt wird
try-no-resources = Legen Sie zuerst eine Ressource an.
try-automatic = Diese Anfrage würde automatisch genehmigt und niemand gefragt.
try-notified =
    { $n ->
        [one] Eine Person würde benachrichtigt.
       *[other] { $n } Personen würden benachrichtigt.
    }
try-asked = { $names } ({ $n } müssen zustimmen)
catalog-text = Was Sie anfragen können. Jemand entscheidet, und Sie erfahren es per E-Mail.
catalog-search = Katalog durchsuchen
catalog-ask = Zugriff anfragen
catalog-open = Ihre Anfrage ansehen
catalog-has = Sie haben es
catalog-none = Es gibt noch nichts anzufragen
catalog-none-text = Sobald die Administration etwas anbietet, erscheint es hier.
catalog-not-found = Nichts gefunden
catalog-not-found-text = Versuchen Sie einen Teil des Namens.
catalog-not-now = Das kann im Moment nicht beantragt werden.
catalog-not-now-ask = Die Administration fragen
ask-reason = Grund
ask-reason-optional = Grund (freiwillig)
ask-days = Für wie viele Tage
ask-days-most = Höchstens { $n } Tage. Leer: so lange wie möglich.
ask-days-ever = Leer: unbegrenzt.
ask-for = Für wen
ask-for-myself = Für mich
applications-none = Sie haben noch keine Anwendungen
applications-none-text = Was Ihnen gewährt wird, erscheint hier sofort.
applications-until = Bis
applications-for-ever = Ohne Enddatum
applications-extend = Verlängern
applications-end = Zugriff beenden
applications-end-title = Diesen Zugriff beenden?
applications-end-text = Sie verlieren Ihren Zugriff auf { $resource } sofort. Sie können ihn erneut anfragen.
done-ended = Der Zugriff ist beendet.
mine-none = Sie haben noch nichts angefragt
mine-none-text = Ihre Anfragen erscheinen hier mit allem, was mit ihnen geschieht.
mine-automatic = automatisch genehmigt
mine-next-steps = Nächste Schritte
mine-again = Erneut anfragen
mine-for = für { $name }
mine-remind = Entscheidende erinnern
mine-reword = Grund ändern
mine-answer = Antwort senden
mine-answer-label = Ihre Antwort
done-reminded = Die Entscheidenden wurden erinnert.
done-answered = Ihre Antwort ist unterwegs.
approvals-text = Anfragen, die auf Ihre Stimme warten. Ihre Stimme hält den Ablauf in Gang.
approvals-none = Nichts wartet auf Sie
approvals-none-text = Kommt eine Anfrage zu Ihnen, erscheint sie hier, und Sie erhalten einen Brief.
approvals-more = Insgesamt warten { $n } Anfragen auf Sie; die ältesten werden gezeigt.
approvals-approve = Zustimmen
approvals-deny = Ablehnen
approvals-approve-title = Dieser Anfrage zustimmen
approvals-approve-text = Ihre Zustimmung zählt für den aktuellen Schritt. Der Ablauf geht von selbst weiter.
approvals-over = Diese Anfrage wartet nicht mehr auf Sie.
approvals-instead = Sie vertreten { $name }.
approvals-days =
    { $n ->
        [one] für einen Tag
       *[other] für { $n } Tage
    }
done-voted = Ihre Stimme zählt.
done-back = Sie werden wieder selbst gefragt.
away-title = Abwesend? Vertretung benennen
away-text = Vom ersten bis zum letzten Tag warten Anfragen statt auf Sie auf Ihre Vertretung, auch die schon offenen.
away-now = { $name } vertritt Sie
away-delegate = Vertretung
away-from = Erster Tag
away-until = Letzter Tag
away-save = Speichern
away-end = Jetzt beenden
ask-requester = Rückfrage stellen
ask-requester-title = Rückfrage stellen
ask-requester-text = Ihre Frage geht per E-Mail hinaus und steht mit der Antwort im Verlauf.
ask-requester-press = Frage senden
ask-requester-label = Frage
grant-title = Zugriff gewähren
grant-text = Die anfragende Person erfährt es per E-Mail, und die Ressource erscheint in ihren Anwendungen.
grant-press = Zugriff gewähren
deny-title = Zugriff ablehnen
deny-text = Die anfragende Person erfährt es per E-Mail, mit Ihrem Grund und den nächsten Schritten.
deny-press = Zugriff ablehnen
deny-reason = Grund
deny-next-steps = Nächste Schritte (freiwillig)
deny-notes = Interne Notizen (freiwillig, nur in den Einblicken)
override-text = Das übergeht den Genehmigungsablauf: Wer noch gefragt ist, wird nicht mehr gefragt.
cancel-request-title = Diese Anfrage abbrechen
cancel-request-text = Die Anfrage endet ohne Entscheidung. Wer fragte, erfährt den Grund und kann erneut fragen.
cancel-request-press = Anfrage abbrechen
queue-what = Fragt nach
queue-reason = Grund
queue-grant = Zugriff gewähren
queue-deny = Zugriff ablehnen
queue-more = Mehr
queue-keep = Anfrage behalten
queue-cancel = Anfrage abbrechen
queue-retry = Erneut versuchen
queue-follow = Neuester Version folgen
queue-vote = In Genehmigungen abstimmen
queue-vote-hint = Sie gehören zu den Entscheidenden. Eine Stimme hält den Ablauf in Gang; eine Entscheidung hier übergeht ihn.
queue-duration = Dauer
queue-manager = Vorgesetzte der anfragenden Person
queue-submitter = Eingereicht von
queue-overridden = von { $by }, am Ablauf vorbei, { $when }
kind-join = Beitritt
kind-resource = Ressource
approval-type-manual = Manuell
approval-type-automatic = Automatisch
filter-title = Filter
filter-apply = Anwenden
filter-any = Alle
filter-applied = Angewandte Filter
filter-clear = Alle entfernen
filter-remove = Filter { $filter } entfernen
filter-status = Status
filter-approval = Genehmigungsart
filter-kind = Art
filter-requester = Name der anfragenden Person
filter-from = Von
filter-until = Bis
filter-status-open = Offen
filter-status-pending = Offen
filter-status-missing-data = Fehlende Daten
filter-status-error = Fehler
filter-status-approved = Gewährt
filter-status-denied = Abgelehnt
filter-status-canceled = Abgebrochen
filter-status-expired = Abgelaufen
missing-one = 1 Anfrage fehlen Daten
missing-many = { $n } Anfragen fehlen Daten
error-one = 1 Anfrage hat einen Fehler
error-many = { $n } Anfragen haben einen Fehler
missing-view = Ansehen
missing-manager = Es gibt keine Vorgesetzten, die entscheiden könnten.
missing-owner = Die Ressource hat keine Verantwortlichen, die entscheiden könnten.
missing-group-member = Niemand in der Gruppe könnte entscheiden.
missing-approver = Niemand, den dieser Schritt fragt, könnte entscheiden.
add-in-users = In Benutzern ergänzen
add-in-resources = In Ressourcen ergänzen
add-in-groups = In Gruppen ergänzen
progress-error-told = Bei dieser Anfrage gibt es ein Problem. Die Administration weiß davon und kümmert sich darum.
progress-missing-told = Über diese Anfrage kann im Moment niemand entscheiden. Die Administration weiß davon und kümmert sich darum.
problem-group-gone = Eine Gruppe, die der Ablauf fragt, wurde gelöscht. Gewähren Sie die Anfrage, lehnen Sie sie ab, brechen Sie sie ab, oder lassen Sie sie der neuesten Version des Ablaufs folgen.
problem-role-gone = Eine Rolle, die der Ablauf nennt, wurde gelöscht. Gewähren Sie die Anfrage, lehnen Sie sie ab, brechen Sie sie ab, oder lassen Sie sie der neuesten Version des Ablaufs folgen.
problem-resource-gone = Die Ressource ist deaktiviert oder gelöscht. Aktivieren Sie sie und versuchen Sie es erneut, oder lehnen Sie die Anfrage ab oder brechen Sie sie ab.
problem-hook-failed = Die Bereitstellung wurde endgültig verweigert. Versuchen Sie es erneut, sobald sie wieder geht, oder lehnen Sie die Anfrage ab oder brechen Sie sie ab.
progress-title = Verlauf der Genehmigung
progress-flow = { $flow }, Version { $number }
progress-flow-deleted = Dieser Ablauf wurde gelöscht.
progress-newer = Es gibt eine neuere Version, { $number }; diese Anfrage bleibt bei ihrer.
progress-differs = Schritt { $n }: { $was } → { $is }.
progress-step = Schritt { $n }: { $who }
progress-done = erledigt
progress-now = jetzt
progress-ahead = steht bevor
progress-off = beendet
progress-approved = { $by } hat zugestimmt
progress-approved-for = { $by } hat für { $away } zugestimmt
progress-denied = { $by } hat abgelehnt
progress-denied-for = { $by } hat für { $away } abgelehnt
progress-instead = { $name } (für { $away })
progress-waits = Wartet auf { $names }; noch nötige Zustimmungen: { $n }
progress-question = { $by } fragt
status-provisioning = Offen, wird bereitgestellt
status-resource-approved = Gewährt
status-resource-denied = Abgelehnt
why-not-a-day = Wählen Sie einen Tag.
demo-as-colleague = Als Vorgesetzte und Entscheidende anmelden
done-questioned = Ihre Rückfrage ist unterwegs.
reach-grants = Zugriff, der endet: { $names }
reach-owned = Ressourcen, die niemand mehr verantwortet: { $names }
reach-flows = Genehmigungsabläufe, die namentlich fragen: { $names }
reach-requests =
    { $n ->
        [one] Eine offene Anfrage nach Zugriff wird abgebrochen.
       *[other] { $n } offene Anfragen nach Zugriff werden abgebrochen.
    }
reach-approvals =
    { $n ->
        [one] Eine Anfrage, die auf eine Stimme wartet, geht ohne sie weiter, oder ihr fehlen Daten.
       *[other] { $n } Anfragen, die auf eine Stimme warten, gehen ohne sie weiter, oder ihnen fehlen Daten.
    }
groups-delete-flows = Genehmigungsabläufe, die diese Gruppe fragen: { $names }. Offene Anfragen, die ihnen folgen, enden im Status Fehler.
groups-delete-resources = Ihre Mitglieder können nicht mehr fragen nach: { $names }
label-hook = Bereitstellung (eine Webadresse, die bei Beginn und Ende des Zugriffs aufgerufen wird; leer: keine)
hook-secret = Dieses Geheimnis signiert die Aufrufe, wie Standard Webhooks es vorsehen. Es wird nur jetzt gezeigt.
event-grant-hook-failed = Bereitstellung fehlgeschlagen
flows-domain = Die Domain (nur wo eine Domain automatisch genehmigt wird)
insights-notes = Interne Notizen
queue-export = Exportieren
queue-export-csv = CSV
queue-export-json = JSON
why-nothing-picked = Wählen Sie zuerst Anfragen aus, oder alle aufgelisteten.
why-too-many-picked = Das sind mehr als 10.000 Anfragen. Engen Sie den Filter ein.
bulk-title = Mehrere Anfragen entscheiden
bulk-open = Mehrere entscheiden
bulk-text = Wählen Sie Anfragen in der Liste aus, oder alle, die sie mit ihrem Filter enthält, auch auf weiteren Seiten. Jede wird wie eine einzelne entschieden; eigene und inzwischen entschiedene werden abgewiesen.
bulk-all = Alle aufgelisteten, auf jeder Seite
bulk-verdict = Entscheidung
bulk-approve = Zustimmen
bulk-reject = Ablehnen
bulk-reason = Grund (nötig, um eine Ressource abzulehnen)
bulk-press = Entscheiden
bulk-back = Zurück zu den Anfragen
bulk-look-again = Erneut nachsehen
bulk-result = Ergebnis
bulk-waits = wartet
bulk-ok = erledigt
bulk-pick = Auswählen
bulk-running = { $done } von { $all } sind bearbeitet, { $refused } wurden abgewiesen. Es geht weiter, auch wenn Sie die Seite verlassen.
bulk-done = Alle { $all } sind bearbeitet: { $done } angesehen, { $refused } abgewiesen.
home-applications = Was Sie haben, und bis wann.
home-approvals = Was auf Ihre Entscheidung wartet.
tour-catalog = Katalog
tour-catalog-text = Was Sie anfragen können. Ihre Anfragen und deren Verlauf stehen unter Meine Anfragen, was Ihnen gewährt wird unter Anwendungen.
tour-approvals = Genehmigungen
tour-approvals-text = Anfragen, die auf Ihre Stimme warten. Wenn Sie abwesend sind, benennen Sie hier eine Vertretung.
tour-resources = Ressourcen
tour-resources-text = Was Mitglieder anfragen können: wer, wie lange, und welcher Ablauf entscheidet.
tour-flows = Genehmigungsabläufe
tour-flows-text = Wer Schritt für Schritt genehmigt. Probieren Sie einen Ablauf aus, bevor ihm jemand folgt.
label-mails-when = Wie oft
settings-mails-each = Ein Brief für jede Anfrage
settings-mails-daily = Ein Brief am Tag, um 8 Uhr morgens
label-mails-group = Wer diese Briefe erhält
settings-mails-all = Alle, die Anfragen entscheiden
settings-mails-group = Nur jene davon in der Gruppe { $name }
label-retention-days = Entschiedene Anfragen werden nach so vielen Tagen gelöscht (30 bis 3650; leer: nie)
progress-overridden-approved = Von { $by } aus der Verwaltung genehmigt; dieser Schritt wurde übergangen
progress-overridden-denied = Von { $by } aus der Verwaltung abgelehnt; dieser Schritt wurde übergangen
queue-hook-grant = Bereitstellungsaufruf
queue-hook-end = Aufruf am Ende des Zugangs
hook-state-queued = wartet; Versuche bisher: { $n } { $problem }
hook-state-sent = beantwortet
hook-state-failed = gescheitert: { $problem }
hook-state-dropped = nicht mehr nötig
hook-state-overtaken = durch einen neueren Aufruf ersetzt
approval-gone = Automatisch für etwas, das gelöscht wurde: bitte neu wählen
bulk-override = Hier zu entscheiden übergeht die Genehmigungsabläufe: Wer noch gefragt ist, wird nicht mehr gefragt.
delete-breaks =
    { $n ->
        [one] Eine offene Anfrage folgt einem Ablauf, der dies nennt: Sie endet in einem Fehler, den die Verwaltung entscheidet.
       *[other] { $n } offene Anfragen folgen einem Ablauf, der dies nennt: Sie enden in einem Fehler, den die Verwaltung entscheidet.
    }
